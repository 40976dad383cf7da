package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DockerTest {
    @Test
    void shouldBuildAnImageThatRunsWithoutRootAndTellsItsHealth() throws IOException {
        final Dockerfile file = Dockerfile.parse(DeployFiles.text("docker/Dockerfile"));
        final List<String> names =
                file.instructions().stream().map(Dockerfile.Instruction::name).toList();
        assertThat(file.all("USER")).containsExactly("millrace");
        assertThat(names.subList(names.indexOf("USER"), names.size()))
                .doesNotContain("RUN", "ADD", "COPY");
        assertThat(file.all("HEALTHCHECK")).hasSize(1).allMatch(it -> it.contains("/healthz"));
        assertThat(file.all("EXPOSE")).containsExactly("7400 7401 7402");
        assertThat(file.all("ENTRYPOINT")).containsExactly("[\"millrace\"]");
        assertThat(Dockerfile.words(file.all("CMD").get(0)))
                .containsExactly("standalone", "--config", "/opt/millrace/conf/millrace.yaml");
        assertThat(Path.of("src/dist/conf/millrace.yaml")).exists();
    }

    @Test
    void shouldTakeTheTarballThatTheBuildMakes() throws IOException {
        final Dockerfile file = Dockerfile.parse(DeployFiles.text("docker/Dockerfile"));
        assertThat(file.all("ADD")).containsExactly("target/millrace-*.tar.gz /opt/");
        assertThat(DeployFiles.text("pom.xml"))
                .contains("<finalName>millrace-${project.version}</finalName>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RUN x",
                "FROM a",
                "FROM a:latest",
                "FROM a:1\nRUNN x",
                "FROM a:1\nRUN",
                "FROM a:1\nRUN x \\",
                "FROM a:1\nRUN x \\\n\n  y",
                "FROM a:1\nENV A",
                "FROM a:1\nENV A=b c",
                "FROM a:1\nEXPOSE x",
                "FROM a:1\nCMD broker",
                "FROM a:1\nHEALTHCHECK --interval=1s CMD curl",
                "FROM a:1\nCOPY a"
            })
    void shouldNoticeWhatIsWrongInADockerfile(final String text) {
        assertThatThrownBy(() -> Dockerfile.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "docker/compose.yaml, broker",
        "docker/compose.cluster.yaml, broker-1 broker-2 broker-3"
    })
    void shouldComposeServicesOfPinnedImagesAndFilesThatExist(
            final String file, final String brokers) throws IOException {
        final JsonNode compose = DeployFiles.yaml(file);
        final Path directory = Path.of(file).getParent();
        assertThat(names(compose.get("services")))
                .containsExactly((brokers + " prometheus grafana").split(" "));
        for (final JsonNode service : compose.get("services")) {
            if (service.has("build")) {
                final Path context = directory.resolve(service.at("/build/context").asText());
                assertThat(context.resolve(service.at("/build/dockerfile").asText())).exists();
            } else {
                assertThat(service.get("image").asText()).matches("[a-z/]+:v?\\d+\\.\\d+\\.\\d+");
            }
            for (final JsonNode volume : service.get("volumes")) {
                final String source = volume.asText().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(directory.resolve(source)).exists();
                } else {
                    assertThat(names(compose.get("volumes"))).contains(source);
                }
            }
            for (final JsonNode port : service.get("ports")) {
                assertThat(port.asText()).matches("127\\.0\\.0\\.1:\\d+:\\d+");
            }
            for (final JsonNode other : service.path("depends_on")) {
                assertThat(compose.get("services").has(other.asText())).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "docker/compose.yaml, prometheus/prometheus.yml, broker:7402",
        "docker/compose.cluster.yaml, prometheus/cluster.yml,"
                + " broker-1:7402 broker-2:7402 broker-3:7402"
    })
    void shouldShowGrafanaItsDashboardsAndPrometheusItsBrokers(
            final String file, final String scraped, final String targets) throws IOException {
        final JsonNode services = DeployFiles.yaml(file).get("services");
        final JsonNode dashboards =
                DeployFiles.yaml("grafana/provisioning/dashboards/millrace.yaml");
        final String path = dashboards.at("/providers/0/options/path").asText();
        assertThat(texts(services.at("/grafana/volumes")))
                .contains("../grafana/dashboards:" + path + ":ro");
        final JsonNode source =
                DeployFiles.yaml("grafana/provisioning/datasources/prometheus.yaml");
        assertThat(source.at("/datasources/0/url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(texts(services.at("/prometheus/volumes")))
                .contains("../" + scraped + ":/etc/prometheus/prometheus.yml:ro");
        final JsonNode prometheus = DeployFiles.yaml(scraped);
        assertThat(texts(prometheus.at("/scrape_configs/0/static_configs/0/targets")))
                .containsExactly(targets.split(" "));
    }

    private static List<String> names(final JsonNode node) {
        final List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> texts(final JsonNode list) {
        final List<String> texts = new ArrayList<>();
        list.forEach(it -> texts.add(it.asText()));
        return texts;
    }
}
