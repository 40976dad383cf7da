package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class SampleConfigurationTest {
    @Test
    void shouldUseThePortsOfTheProject() throws IOException {
        final JsonNode sample = DeployFiles.yaml("src/dist/conf/millrace.yaml");
        assertThat(sample.at("/listen/client-port").asInt()).isEqualTo(7400);
        assertThat(sample.at("/listen/peer-port").asInt()).isEqualTo(7401);
        assertThat(sample.at("/listen/http-port").asInt()).isEqualTo(7402);
        assertThat(sample.at("/listen/host").asText()).isEqualTo("127.0.0.1");
    }
}
