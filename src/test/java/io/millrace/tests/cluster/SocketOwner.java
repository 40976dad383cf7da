package io.millrace.tests.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells which process a connection on this machine belongs to, as far as /proc says it. */
final class SocketOwner {

    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private SocketOwner() {}

    /** The first of the processes that has a TCP socket with this local port; -1: none has. */
    static long find(int localPort, List<Long> pids) {
        Set<String> sockets = new HashSet<>();
        try {
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                collect(Path.of(table), localPort, sockets);
            }
            for (long pid : pids) {
                if (owns(pid, sockets)) {
                    return pid;
                }
            }
        } catch (IOException e) {
            // No /proc here: then nobody is known.
        }
        return -1;
    }

    private static void collect(Path table, int localPort, Set<String> sockets) throws IOException {
        if (!Files.exists(table)) {
            return;
        }
        String suffix = ":%04X".formatted(localPort);
        for (String line : Files.readAllLines(table)) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > INODE && columns[LOCAL_ADDRESS].endsWith(suffix)) {
                sockets.add("socket:[" + columns[INODE] + "]");
            }
        }
    }

    private static boolean owns(long pid, Set<String> sockets) throws IOException {
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isDirectory(descriptors)) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : all) {
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed in between";
        }
    }
}
