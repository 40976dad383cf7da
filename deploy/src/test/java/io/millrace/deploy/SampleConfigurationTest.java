package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.BrokerConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The sample, and the environments that containers and systemd put around it. */
final class SampleConfigurationTest {
    private static final Path SAMPLE = Path.of("src/dist/conf/millrace.yaml");
    private static final Path CLUSTER = Path.of("src/dist/conf/cluster.yaml");
    private static final Pattern SETTING =
            Pattern.compile("\\b(MILLRACE_\\w+)[=:] ?(\"[^\"]*\"|\\S+)");

    @Test
    void shouldSayWhatIsTheDefaultAnyway() {
        assertThat(read(Map.of()))
                .isEqualTo(BrokerConfigReader.read(Optional.empty(), Map.of(), List.of()));
    }

    @Test
    void shouldBeTakenWithEveryLineThatIsOnlyAHint() throws IOException {
        final String all = DeployFiles.text(SAMPLE.toString()).replaceAll("(?m)^#([a-z])", "$1");
        assertThat(all)
                .contains("\nlisten.allow-insecure: false")
                .contains("\nwal.segment-bytes: 64MiB");
        final Path file = Files.createTempFile("millrace", ".yaml");
        Files.writeString(file, all);
        final BrokerConfig config = BrokerConfigReader.read(Optional.of(file), Map.of(), List.of());
        Files.delete(file);
        assertThat(config.checkpoint()).isEqualTo(read(Map.of()).checkpoint());
        assertThat(config.wal()).isEqualTo(read(Map.of()).wal());
    }

    @Test
    void shouldBeReachableInAContainer() throws IOException {
        final Map<String, String> environment = settings("docker/Dockerfile");
        assertThat(environment).hasSizeGreaterThan(3);
        assertThat(settings("docker/compose.yaml")).hasSize(1);
        environment.putAll(settings("docker/compose.yaml"));
        final BrokerConfig config = read(environment);
        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/millrace/data"));
        assertThat(config.listen().host()).isEqualTo("0.0.0.0");
        assertThat(config.listen().allowInsecure()).isTrue();
        assertThat(config.listen().advertisedAddress()).isEqualTo("127.0.0.1:7400");
    }

    @Test
    void shouldFormAClusterOfThreeContainersByTheSampleAsItIs() throws IOException {
        final JsonNode services = DeployFiles.yaml("docker/compose.cluster.yaml").get("services");
        for (int node = 1; node <= 3; node++) {
            final JsonNode service = services.get("broker-" + node);
            assertThat(service.get("command").get(2).asText())
                    .isEqualTo("/opt/millrace/conf/cluster.yaml");
            final Map<String, String> environment = settings("docker/Dockerfile");
            final JsonNode own = service.get("environment");
            own.fieldNames().forEachRemaining(it -> environment.put(it, own.get(it).asText()));
            final BrokerConfig config =
                    BrokerConfigReader.read(Optional.of(CLUSTER), environment, List.of());
            assertThat(config.nodeId()).isEqualTo(node);
            assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/millrace/data"));
            assertThat(config.listen().advertisedAddress())
                    .isEqualTo("127.0.0.1:74" + (node - 1) + "0");
            assertThat(config.cluster().seeds())
                    .hasSize(3)
                    .contains(config.listen().advertisedPeerAddress());
            assertThat(service.get("ports").get(0).asText())
                    .isEqualTo(config.listen().advertisedAddress() + ":7400");
        }
    }

    @Test
    void shouldKeepDataWhereSystemdAllowsIt() throws IOException {
        final BrokerConfig config = read(settings("systemd/millrace.service"));
        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/millrace/data"));
    }

    private static BrokerConfig read(final Map<String, String> environment) {
        return BrokerConfigReader.read(Optional.of(SAMPLE), environment, List.of());
    }

    private static Map<String, String> settings(final String path) throws IOException {
        final Map<String, String> settings = new HashMap<>();
        final String text =
                DeployFiles.text(path)
                        .lines()
                        .filter(it -> !it.startsWith("#"))
                        .reduce("", (a, b) -> a + "\n" + b);
        final Matcher matcher = SETTING.matcher(text);
        while (matcher.find()) {
            settings.put(matcher.group(1), matcher.group(2).replace("\"", ""));
        }
        return settings;
    }
}
