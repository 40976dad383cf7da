package io.millrace.perf.compare;

import io.millrace.cli.CommandException;
import io.millrace.perf.compare.cluster.Child;
import io.millrace.perf.compare.cluster.Children;
import io.millrace.perf.compare.cluster.DataDirectory;
import io.millrace.perf.compare.cluster.KafkaJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Fetches Kafka: the profile {@code kafka} of the checkout's build resolves it from the Maven
 * repository that is configured, and compiles our driver for it.
 */
final class KafkaBuild {
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Path checkout;

    private KafkaBuild(Path checkout) {
        this.checkout = checkout;
    }

    /**
     * In a checkout.
     *
     * @param directory what the launcher says is the checkout; null if it was started elsewhere
     */
    static KafkaBuild in(String directory) {
        if (directory == null || directory.isEmpty()) {
            throw new CommandException(
                    "a comparison needs a checkout of Millrace, since Kafka is not shipped with it:"
                            + " clone the repository and call bin/millrace there");
        }
        Path checkout = Path.of(directory).toAbsolutePath();
        if (Files.notExists(checkout.resolve("perf/kafka/pom.xml"))) {
            throw new CommandException(
                    "MILLRACE_CHECKOUT is %s, but there is no perf/kafka/pom.xml in it; call the"
                                    .formatted(checkout)
                            + " bin/millrace of a checkout");
        }
        return new KafkaBuild(checkout);
    }

    /** The jars, if they are there and newer than all sources. */
    Optional<KafkaJars> fresh() throws IOException {
        if (Files.notExists(marker())) {
            return Optional.empty();
        }
        FileTime built = Files.getLastModifiedTime(marker());
        for (String source :
                List.of(
                        "pom.xml",
                        "perf/pom.xml",
                        "perf/src/main",
                        "perf/kafka/pom.xml",
                        "perf/kafka/src/main")) {
            if (hasNewer(checkout.resolve(source), built)) {
                return Optional.empty();
            }
        }
        return jars();
    }

    /**
     * Builds them; takes minutes the first time.
     *
     * @param log the file that Maven's output is added to
     */
    KafkaJars build(Children children, Path log) throws IOException, InterruptedException {
        FileTime began = touch();
        // What another version left would be on the class path, too.
        DataDirectory.remove(target().resolve("lib"));
        List<String> command =
                List.of(
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        checkout.resolve("pom.xml").toString(),
                        "-Pkafka",
                        "-pl",
                        "perf/kafka",
                        "-am",
                        "-DskipTests",
                        "-Dspotless.check.skip=true",
                        "package");
        Child maven = start(children, command, log);
        int code;
        try {
            code = maven.awaitExit(PATIENCE);
        } finally {
            maven.awaitEnd(Duration.ZERO);
        }
        Optional<KafkaJars> jars = jars();
        if (code != 0 || jars.isEmpty()) {
            throw new CommandException(
                    "Kafka cannot be fetched from the Maven repository; repeat it by hand with: %s%n%s"
                            .formatted(String.join(" ", command), maven.tail()));
        }
        // What was edited during the build is newer than this.
        Files.setLastModifiedTime(Files.writeString(marker(), ""), began);
        return jars.get();
    }

    private static Child start(Children children, List<String> command, Path log) {
        try {
            return children.start("Maven", command, Map.of(), log);
        } catch (IOException e) {
            throw new CommandException(
                    "mvn cannot be started, and is needed to fetch Kafka; install Maven 3.8.6 or"
                            + " newer: "
                            + e.getMessage(),
                    e);
        }
    }

    private FileTime touch() throws IOException {
        Files.createDirectories(target());
        Files.deleteIfExists(marker());
        Path began = Files.createTempFile(target(), "began", "");
        try {
            return Files.getLastModifiedTime(began);
        } finally {
            Files.delete(began);
        }
    }

    private Optional<KafkaJars> jars() throws IOException {
        List<Path> driver = list(target(), "millrace-perf-kafka-");
        List<Path> brokers = list(target().resolve("lib"), "");
        boolean whole =
                driver.size() == 1
                        && brokers.stream()
                                .anyMatch(jar -> jar.getFileName().toString().startsWith("kafka_"));
        return whole ? Optional.of(new KafkaJars(driver.get(0), brokers)) : Optional.empty();
    }

    private static List<Path> list(Path directory, String prefix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(
                            file -> {
                                String name = file.getFileName().toString();
                                return name.startsWith(prefix) && name.endsWith(".jar");
                            })
                    .sorted()
                    .toList();
        }
    }

    private static boolean hasNewer(Path source, FileTime than) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                if (Files.getLastModifiedTime(file).compareTo(than) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private Path target() {
        return checkout.resolve("perf/kafka/target");
    }

    private Path marker() {
        return target().resolve("built-for-compare");
    }
}
