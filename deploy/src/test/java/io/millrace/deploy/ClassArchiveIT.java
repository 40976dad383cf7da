package io.millrace.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file of classes with which brokers start faster: made, used, and never in the way. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ClassArchiveIT {
    private static final String ARCHIVED = "source: shared objects file (top)";
    private static final String MAIN = "io.millrace.cli.Main ";
    private static final String MAKER = "bin/millrace-class-archive";

    @TempDir static Path directory;

    private static Path home;
    private static Path realData;
    private static byte[] made;

    /** Where real brokers are at work, as after an installation. */
    @BeforeAll
    static void make() throws Exception {
        home = unpack(directory.resolve("home"));
        realData = directory.resolve("real");
        assertThat(archive()).as("one of another version is overwritten").isEmptyFile();
        final ProcessBuilder maker = new ProcessBuilder(home.resolve(MAKER).toString());
        maker.environment().put("MILLRACE_DATA_DIR", realData.toString());
        maker.environment().put("MILLRACE_CLUSTER_SEEDS", "127.0.0.1:1");
        maker.environment().put("MILLRACE_NODE_ID", "3");
        final Outcome outcome = run(maker);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        made = Files.readAllBytes(archive());
    }

    @BeforeEach
    void restore() throws IOException {
        Files.write(archive(), made);
    }

    private static Path archive() {
        return home.resolve("lib/classes.jsa");
    }

    private static Path unpack(final Path to) throws Exception {
        Files.createDirectories(to);
        try (var tarballs = Files.newDirectoryStream(Path.of("target"), "*.tar.gz")) {
            final String tarball = tarballs.iterator().next().toString();
            final Outcome outcome =
                    run(
                            List.of(
                                    "tar",
                                    "-xpzf",
                                    tarball,
                                    "-C",
                                    to.toString(),
                                    "--strip-components=1"),
                            "");
            assertThat(outcome.code()).as(outcome.text()).isZero();
        }
        return to;
    }

    @Test
    void shouldGiveBrokersTheirClasses() throws Exception {
        final List<String> loaded = loaded(home, "");

        assertThat(loaded).anyMatch(line -> line.contains(MAIN + ARCHIVED));
        assertThat(loaded.stream().filter(line -> line.contains(ARCHIVED)).count())
                .isGreaterThan(100);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void shouldFitEachCollectorThatTheLauncherTakes() throws Exception {
        assertThat(loaded(home, "-XX:+UseG1GC -Xmx256m"))
                .anyMatch(line -> line.contains(MAIN + ARCHIVED));
    }

    @Test
    void shouldLetTheOptionsOfTheUserWin() throws Exception {
        assertThat(loaded(home, "-Xshare:off")).noneMatch(line -> line.contains(ARCHIVED));
    }

    /** As after an update of Java, a copy that broke off, a full disk, or a disk that rots. */
    @Test
    void shouldStartWithoutAWordWithAnArchiveThatDoesNotFit() throws Exception {
        final byte[] garbage = new byte[100_000];
        new Random(7_400).nextBytes(garbage);
        final byte[] otherJava = made.clone();
        for (int i = 0; i < 1_000; i++) {
            if (new String(otherJava, i, 4, UTF_8).equals("Open")) {
                otherJava[i]++;
            }
        }
        assertThat(otherJava).isNotEqualTo(made);
        final byte[] beheaded = made.clone();
        Arrays.fill(beheaded, 0, 4_096, (byte) 0);
        for (final byte[] content :
                List.of(
                        garbage,
                        otherJava,
                        beheaded,
                        Arrays.copyOf(made, 10),
                        Arrays.copyOf(made, made.length / 2))) {
            Files.write(archive(), content);
            assertStartsWithoutArchive(home);
        }
    }

    @Test
    void shouldStartWithoutAWordWhenJarsAreOthersOrElsewhere() throws Exception {
        final Path copy = unpack(directory.resolve("copy"));
        Files.write(copy.resolve("lib/classes.jsa"), made);
        assertStartsWithoutArchive(copy);

        final Path jar;
        try (var jars = Files.newDirectoryStream(home.resolve("lib"), "millrace-cli-*.jar")) {
            jar = jars.iterator().next();
        }
        final FileTime time = Files.getLastModifiedTime(jar);
        final byte[] content = Files.readAllBytes(jar);
        try {
            Files.write(jar, new byte[1], StandardOpenOption.APPEND);
            Files.setLastModifiedTime(jar, time);
            assertStartsWithoutArchive(home);
        } finally {
            Files.write(jar, content);
            Files.setLastModifiedTime(jar, time);
        }
    }

    /** Java then takes its own classes from it only. */
    @Test
    void shouldStartWhereTheNameHoldsASpace() throws Exception {
        final Path space = unpack(directory.resolve("a home"));
        Files.write(space.resolve("lib/classes.jsa"), made);

        final Outcome outcome = run(List.of(space.resolve("bin/millrace").toString(), "-V"), "");

        assertThat(outcome.text()).matches("millrace [0-9.]+\n");
    }

    /** Java takes a colon for the end of the name. */
    @Test
    void shouldStartWithoutAnArchiveWhereItsNameCannotBeTold() throws Exception {
        final Path colon = unpack(directory.resolve("a:b"));
        Files.write(colon.resolve("lib/classes.jsa"), made);

        final Outcome outcome = run(List.of(colon.resolve("bin/millrace").toString(), "-V"), "");

        assertThat(outcome.text()).doesNotContain("archive").doesNotContain("classes.jsa");
    }

    @Test
    void shouldBeMadeByTwoAtOnce() throws Exception {
        Files.write(archive(), new byte[0]);
        final List<Process> makers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            makers.add(
                    new ProcessBuilder(home.resolve(MAKER).toString())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("maker-" + i).toFile())
                            .start());
        }
        for (final Process maker : makers) {
            assertThat(maker.waitFor()).isZero();
        }

        assertThat(loaded(home, "-XX:+VerifySharedSpaces"))
                .anyMatch(line -> line.contains(MAIN + ARCHIVED));
        assertThat(leftovers()).isEmpty();
    }

    /** What it is told for real brokers is none of its business. */
    @Test
    void shouldLeaveRealBrokersAndTheirDataAlone() {
        assertThat(realData).doesNotExist();
    }

    @Test
    void shouldSayWhyItCouldNotAndLeaveWhatWasThere() throws Exception {
        final ProcessBuilder maker = new ProcessBuilder(home.resolve(MAKER).toString());
        maker.environment().put("JAVA_HOME", home.toString());

        final Outcome outcome = run(maker);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).contains("JAVA_HOME is ").contains("the broker did not start");
        assertThat(Files.readAllBytes(archive())).isEqualTo(made);
        assertThat(leftovers()).isEmpty();
    }

    private static void assertStartsWithoutArchive(final Path home) throws Exception {
        assertThat(loaded(home, "")).noneMatch(line -> line.contains(ARCHIVED));
    }

    /** What a process of the launcher loads, and from where; it says nothing but its version. */
    private static List<String> loaded(final Path home, final String options) throws Exception {
        final Path log = Files.createTempFile(Path.of("target"), "loaded", ".log");
        final Outcome outcome =
                run(
                        List.of(home.resolve("bin/millrace").toString(), "-V"),
                        options + " -Xlog:class+load:file=" + log);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).matches("millrace [0-9.]+\n");
        final List<String> lines = Files.readAllLines(log);
        Files.delete(log);
        return lines;
    }

    private static List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
        }
    }

    private record Outcome(int code, String text) {}

    private static Outcome run(final List<String> command, final String javaOpts) throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MILLRACE_JAVA_OPTS", javaOpts);
        return run(builder);
    }

    private static Outcome run(final ProcessBuilder builder) throws Exception {
        final Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(text).isTrue();
        return new Outcome(process.exitValue(), text);
    }
}
