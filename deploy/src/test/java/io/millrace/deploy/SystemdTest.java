package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SystemdTest {
    @ParameterizedTest
    @CsvSource({
        "millrace.service, standalone, millrace.yaml",
        "millrace-broker.service, broker, cluster.yaml"
    })
    void shouldStartTheBrokerWithoutRootAndStopItInOrder(
            final String name, final String verb, final String config) throws IOException {
        final Map<String, String> unit = parse(DeployFiles.text("systemd/" + name));
        assertThat(unit)
                .containsEntry(
                        "Service.ExecStart",
                        "/opt/millrace/bin/millrace " + verb + " --config /etc/millrace/" + config)
                .containsEntry("Service.User", "millrace")
                .containsEntry("Service.KillSignal", "SIGTERM")
                .containsEntry("Service.SuccessExitStatus", "143")
                .containsEntry("Service.StateDirectory", "millrace")
                .containsEntry("Service.NoNewPrivileges", "true")
                .containsKey("Install.WantedBy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"millrace.service", "millrace-broker.service"})
    void shouldPassWhatSystemdVerifies(final String name, @TempDir final Path directory)
            throws Exception {
        final Tool analyze = Tool.named("systemd-analyze");
        final Path home = Files.createDirectories(directory.resolve("millrace"));
        final Path launcher = Files.createDirectories(home.resolve("bin")).resolve("millrace");
        Files.copy(Path.of("src/dist/bin/millrace"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        final Path unit = directory.resolve(name);
        Files.writeString(
                unit,
                DeployFiles.text("systemd/" + name).replace("/opt/millrace", home.toString()));
        final Tool.Outcome outcome = analyze.run("verify", unit.toString());
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).doesNotContain("Unknown key").doesNotContain(name + ":");
    }

    private static Map<String, String> parse(final String text) {
        final Map<String, String> values = new LinkedHashMap<>();
        String section = "";
        for (final String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.matches("\\[\\w+]")) {
                section = line.substring(1, line.length() - 1);
                continue;
            }
            assertThat(line).matches("[A-Z]\\w+=.+");
            final int at = line.indexOf('=');
            final String name = section + "." + line.substring(0, at);
            assertThat(values.put(name, line.substring(at + 1))).as(name + " twice").isNull();
        }
        return values;
    }
}
