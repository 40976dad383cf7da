package io.millrace.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tarball holds, and that it runs. */
final class DistributionIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir static Path directory;

    private static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        final List<Path> tarballs = list(Path.of("target"), "*.tar.gz");
        assertThat(tarballs).hasSize(1);
        final String name = tarballs.get(0).getFileName().toString().replace(".tar.gz", "");
        final Outcome outcome =
                run("tar", "-xpzf", tarballs.get(0).toString(), "-C", directory.toString());
        assertThat(outcome.code()).as(outcome.text()).isZero();
        home = directory.resolve(name);
        assertThat(list(directory, "*")).containsExactly(home);
    }

    @Test
    void shouldHoldLauncherJarsConfigurationAndLicence() throws Exception {
        assertThat(home.resolve("bin/millrace")).isExecutable();
        assertThat(home.resolve("conf/millrace.yaml")).isNotEmptyFile();
        assertThat(home.resolve("conf/cluster.yaml")).isNotEmptyFile();
        assertThat(home.resolve("LICENSE")).isNotEmptyFile();
        assertThat(home.resolve("share/systemd/millrace.service")).isNotEmptyFile();
        assertThat(home.resolve("share/prometheus/alerts.yml")).isNotEmptyFile();
        assertThat(home.resolve("share/grafana/dashboards/millrace.json")).isNotEmptyFile();
        for (final String module : List.of("protocol", "raft", "client-sdk", "cli", "broker")) {
            assertThat(list(home.resolve("lib"), "millrace-" + module + "-*.jar"))
                    .as(module)
                    .hasSize(1);
        }
    }

    @Test
    void shouldLeaveOutWhatTheDesignBans() throws Exception {
        for (final String banned :
                List.of("rocksdbjni", "hessian", "netty-all", "chronicle-analytics", "junit")) {
            assertThat(list(home.resolve("lib"), banned + "*")).as(banned).isEmpty();
        }
    }

    @Test
    void shouldHaveEveryJarOfTheClassPathAndOpenWhatChronicleNeeds() throws Exception {
        try (JarFile jar = new JarFile(home.resolve("lib/millrace.jar").toFile())) {
            final Manifest manifest = jar.getManifest();
            final String[] classPath =
                    manifest.getMainAttributes().getValue("Class-Path").split(" ");
            assertThat(classPath)
                    .hasSize(list(home.resolve("lib"), "*.jar").size() - 1)
                    .allSatisfy(it -> assertThat(home.resolve("lib").resolve(it)).exists());
            assertThat(manifest.getMainAttributes().getValue("Add-Exports").split(" "))
                    .contains("java.base/jdk.internal.misc", "java.base/sun.nio.ch")
                    .allMatch(it -> it.matches("[a-z.]+/[a-z.]+"));
            assertThat(manifest.getMainAttributes().getValue("Add-Opens").split(" "))
                    .contains("java.base/java.lang.reflect", "java.base/sun.nio.ch")
                    .allMatch(it -> it.matches("[a-z.]+/[a-z.]+"));
        }
    }

    @Test
    void shouldCarryFixedTimesSoThatTwoBuildsGiveTheSameBytes() throws Exception {
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(
                            it ->
                                    assertThat(Files.getLastModifiedTime(it).toInstant())
                                            .isEqualTo(Instant.parse("2026-11-22T00:00:00Z")));
        }
    }

    @Test
    void shouldRunThroughALinkFromAnyDirectory() throws Exception {
        final Path link =
                Files.createSymbolicLink(directory.resolve("a link"), home.resolve("bin/millrace"));
        final Outcome outcome = run(link.toString(), "--version");
        Files.delete(link);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(home.getFileName().toString())
                .isEqualTo(outcome.text().strip().replace(' ', '-'));
    }

    @Test
    void shouldRunThroughALinkedDirectory() throws Exception {
        final Path link =
                Files.createSymbolicLink(directory.resolve("linked-bin"), home.resolve("bin"));
        final Outcome outcome = run(link.resolve("millrace").toString(), "--version");
        Files.delete(link);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    @Test
    void shouldRunAsAJar() throws Exception {
        final Outcome outcome =
                run(JAVA.toString(), "-jar", home.resolve("lib/millrace.jar").toString(), "-V");
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).startsWith("millrace ");
    }

    @Test
    void shouldSayWhatIsWrongWithJavaHome() throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/millrace").toString());
        builder.environment().put("JAVA_HOME", home.toString());
        final Outcome outcome = run(builder);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).contains("JAVA_HOME is " + home).contains("17 or newer");
    }

    private record Outcome(int code, String text) {}

    private static Outcome run(final String... command) throws Exception {
        return run(new ProcessBuilder(command));
    }

    private static Outcome run(final ProcessBuilder builder) throws Exception {
        final Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(text).isTrue();
        return new Outcome(process.exitValue(), text);
    }

    private static List<Path> list(final Path directory, final String glob) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
            final List<Path> paths = new ArrayList<>();
            stream.forEach(paths::add);
            return paths;
        }
    }
}
