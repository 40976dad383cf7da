package io.millrace.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The distribution that this build has made, unpacked.
 *
 * @param launcher its {@code bin/millrace}
 */
record Distribution(Path launcher) {

    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final List<String> MODULES =
            List.of("protocol", "raft", "client-sdk", "cli", "broker", "perf");

    /** Unpacks it; skips the test if it is missing, or older than the classes under test. */
    static Distribution unpack(Path directory) throws IOException, InterruptedException {
        Optional<Path> tarball = tarball();
        if (tarball.isEmpty() || lastModified(tarball.get()).compareTo(newestClass()) < 0) {
            String why = "there is no distribution of these classes; 'mvn verify' makes one";
            System.err.println("SKIPPED: the launcher was not tested: " + why);
            Assumptions.abort(why);
        }
        List<String> command =
                List.of("tar", "-xzf", tarball.get().toString(), "--strip-components=1");
        try (ToolRun tar = ToolRun.start(directory, directory, Map.of(), command)) {
            ToolRun.Result unpacked = tar.finish(Duration.ofSeconds(60));
            assertThat(unpacked.exit()).as("%s", unpacked).isZero();
        }
        return new Distribution(directory.resolve("bin/millrace"));
    }

    /** The command line of a verb. */
    List<String> millrace(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static Optional<Path> tarball() throws IOException {
        Path target = PROJECT.resolve("deploy/target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst();
        }
    }

    private static FileTime newestClass() throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module + "/target/classes"))) {
                FileTime ofModule =
                        files.filter(file -> file.toString().endsWith(".class"))
                                .map(Distribution::lastModified)
                                .max(FileTime::compareTo)
                                .orElse(newest);
                newest = ofModule.compareTo(newest) > 0 ? ofModule : newest;
            }
        }
        return newest;
    }

    private static FileTime lastModified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
