package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemdTest {
    private static final String UNIT = "systemd/millrace.service";

    @Test
    void shouldStartTheBrokerWithoutRootAndStopItInOrder() throws IOException {
        final Map<String, String> unit = parse(DeployFiles.text(UNIT));
        assertThat(unit)
                .containsEntry(
                        "Service.ExecStart",
                        "/opt/millrace/bin/millrace standalone --config /etc/millrace/millrace.yaml")
                .containsEntry("Service.User", "millrace")
                .containsEntry("Service.KillSignal", "SIGTERM")
                .containsEntry("Service.SuccessExitStatus", "143")
                .containsEntry("Service.StateDirectory", "millrace")
                .containsEntry("Service.NoNewPrivileges", "true")
                .containsKey("Install.WantedBy");
    }

    @Test
    void shouldPassWhatSystemdVerifies(@TempDir final Path directory) throws Exception {
        final Tool analyze = Tool.named("systemd-analyze");
        final Path home = Files.createDirectories(directory.resolve("millrace"));
        final Path launcher = Files.createDirectories(home.resolve("bin")).resolve("millrace");
        Files.copy(Path.of("src/dist/bin/millrace"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        final Path unit = directory.resolve("millrace.service");
        Files.writeString(unit, DeployFiles.text(UNIT).replace("/opt/millrace", home.toString()));
        final Tool.Outcome outcome = analyze.run("verify", unit.toString());
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text())
                .doesNotContain("Unknown key")
                .doesNotContain("millrace.service:");
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
