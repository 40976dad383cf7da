package io.millrace.perf.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where a benchmark writes: in the directory of the system property {@code millrace.jmh.dir}, or
 * that for temporary files. What is measured is its disk.
 */
final class BenchDirectory {

    private BenchDirectory() {}

    /** Makes an empty one. */
    static Path create() throws IOException {
        String parent =
                System.getProperty("millrace.jmh.dir", System.getProperty("java.io.tmpdir"));
        return Files.createTempDirectory(Path.of(parent), "millrace-jmh");
    }

    /** Removes it with all that is in it. */
    static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
