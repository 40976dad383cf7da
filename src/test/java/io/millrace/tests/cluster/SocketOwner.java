package io.millrace.tests.cluster;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Tells which process a connection on this machine belongs to, by /proc. */
final class SocketOwner {

    /** No process has the socket any more: it was closed, or its process is dead. */
    static final long GONE = -1;

    private static final Duration DYING = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private static final int LOCAL_ADDRESS = 1;
    private static final int REMOTE_ADDRESS = 2;
    private static final int INODE = 9;
    private static final String NONE = "0";

    private SocketOwner() {}

    /**
     * The first of the processes that has the TCP connection between these ports, or {@link #GONE}.
     *
     * @throws IOException if the socket is there but is none of theirs, or if /proc does not say
     */
    static long find(int localPort, int remotePort, List<Long> pids) throws IOException {
        // The sockets of a process that is dying outlive it in the kernel's table for a moment.
        long end = System.nanoTime() + DYING.toNanos();
        Set<String> sockets = sockets(localPort, remotePort);
        while (!sockets.isEmpty()) {
            for (long pid : pids) {
                if (owns(pid, sockets)) {
                    return pid;
                }
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        ("nobody knows whose connection from port %d this is: none of the"
                                        + " processes %s has %s")
                                .formatted(localPort, pids, sockets));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            sockets = sockets(localPort, remotePort);
        }
        return GONE;
    }

    private static Set<String> sockets(int localPort, int remotePort) throws IOException {
        Set<String> sockets = new HashSet<>();
        collect(Path.of("/proc/net/tcp"), localPort, remotePort, sockets);
        Path six = Path.of("/proc/net/tcp6");
        if (Files.exists(six)) {
            collect(six, localPort, remotePort, sockets);
        }
        return sockets;
    }

    private static void collect(Path table, int localPort, int remotePort, Set<String> sockets)
            throws IOException {
        String local = ":%04X".formatted(localPort);
        String remote = ":%04X".formatted(remotePort);
        for (String line : Files.readAllLines(table)) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > INODE
                    && columns[LOCAL_ADDRESS].endsWith(local)
                    && columns[REMOTE_ADDRESS].endsWith(remote)
                    && !columns[INODE].equals(NONE)) {
                sockets.add("socket:[" + columns[INODE] + "]");
            }
        }
    }

    private static boolean owns(long pid, Set<String> sockets) {
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : all) {
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended: then it has no sockets.
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
