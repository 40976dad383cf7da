package io.millrace.tests.processes;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The classes that a broker loads, as Java keeps them in a file: with it, a process starts with
 * little more than half of the work. Made once for a build, by letting a broker start and stop.
 */
final class ClassArchive {

    private static final Path DIRECTORY = Path.of("target", "class-archive");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private ClassArchive() {}

    /**
     * The options that use it; none if Java can keep nothing of this class path, because there are
     * directories in it, as there are until the modules are packed.
     *
     * @param java the command line up to the class path
     * @param classPath what the processes will be run with
     * @param main their main class
     */
    static List<String> options(List<String> java, List<Path> classPath, String main) {
        if (classPath.stream().anyMatch(Files::isDirectory)) {
            return List.of();
        }
        try {
            Files.createDirectories(DIRECTORY);
            Path archive =
                    DIRECTORY.resolve(fingerprint(java, classPath) + ".jsa").toAbsolutePath();
            try (FileChannel lock =
                            FileChannel.open(
                                    DIRECTORY.resolve("lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock held = lock.lock()) {
                if (held.isValid() && !Files.exists(archive)) {
                    make(archive, java, classPath, main);
                }
            }
            return List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void make(Path archive, List<String> java, List<Path> classPath, String main)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory(DIRECTORY.toAbsolutePath(), "made");
        Path unfinished = scratch.resolve("archive");
        List<String> command = new ArrayList<>(java);
        command.add("-XX:ArchiveClassesAtExit=" + unfinished);
        command.addAll(List.of("-cp", joined(classPath), main, "standalone"));
        int port = BrokerPort.free();
        command.addAll(List.of("--port", "0", "-c", "listen.client-port=" + port));
        command.addAll(List.of("--data-dir", scratch.resolve("data").toString()));
        try (BrokerProcess broker =
                new BrokerProcess("127.0.0.1:" + port, scratch.resolve("broker.log"))) {
            broker.launch(command, Map.of());
            broker.awaitReady(PATIENCE);
            if (!broker.stop()) {
                throw new IOException("the broker did not stop: " + broker.logTail());
            }
        }
        Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> left = Files.walk(scratch)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Another one whenever Java would refuse the old one. */
    private static String fingerprint(List<String> java, List<Path> classPath) throws IOException {
        StringBuilder all = new StringBuilder(System.getProperty("java.vm.version")).append(java);
        for (Path jar : classPath) {
            all.append(jar).append(Files.size(jar)).append(Files.getLastModifiedTime(jar));
        }
        return Integer.toHexString(all.toString().hashCode());
    }

    static String joined(List<Path> classPath) {
        return String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList());
    }
}
