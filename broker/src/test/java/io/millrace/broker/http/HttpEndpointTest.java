package io.millrace.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.health.BrokerHealth;
import io.millrace.broker.health.Degradation;
import io.millrace.broker.metrics.BrokerMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final BrokerMetrics metrics = new BrokerMetrics("1.2.3");
    private final List<Degradation> degraded = new ArrayList<>();
    private final BrokerHealth health = new BrokerHealth(List::of, () -> degraded);
    private HttpEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = HttpEndpoint.start("127.0.0.1", 0, metrics.registry(), health);
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void shouldServeMetricsAsText() throws Exception {
        metrics.publish().acknowledged("quakes", 10, 1_000, 2_000_000, false);

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body())
                .contains("# TYPE millrace_publish_records_total counter")
                .contains("millrace_publish_records_total{topic=\"quakes\",} 10.0")
                .contains("version=\"1.2.3\",")
                .contains("jvm_memory")
                .contains("process_start_time_seconds")
                .doesNotContain("_created");
    }

    @Test
    void shouldServeOpenMetricsToWhoeverAsks() throws Exception {
        HttpResponse<String> answer =
                send(request("/metrics").header("Accept", "application/openmetrics-text"));

        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(answer.body()).endsWith("# EOF\n");
    }

    @Test
    void shouldSayWhyItIsNotReady() throws Exception {
        HttpResponse<String> starting = get("/readyz");
        assertThat(starting.statusCode()).isEqualTo(503);
        assertThat(starting.body())
                .isEqualTo(
                        "{\"ready\":false,\"reasons\":[\"the broker is starting\"],\"degraded\":[]}\n");

        health.serving();
        HttpResponse<String> serving = get("/readyz");
        assertThat(serving.statusCode()).isEqualTo(200);
        assertThat(serving.body()).isEqualTo("{\"ready\":true,\"reasons\":[],\"degraded\":[]}\n");
    }

    @Test
    void shouldStayReadyAndSayWhatDoesNotWork() throws Exception {
        health.serving();
        degraded.add(new Degradation(Degradation.State.NO_QUORUM, "shard 1 has no leader"));

        HttpResponse<String> answer = get("/readyz");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"ready\":true,\"reasons\":[],\"degraded\":"
                                + "[{\"state\":\"NO_QUORUM\",\"reason\":\"shard 1 has no leader\"}]}\n");
    }

    @Test
    void shouldBeAliveUntilSomethingFatalHappens() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);

        health.fatal("a force failed");

        HttpResponse<String> answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"alive\":false,\"reasons\":[\"a force failed\"]}\n");
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        HttpResponse<String> answer =
                send(request("/metrics").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void shouldNameThePagesThereAreForUnknownOnes() throws Exception {
        for (String path : List.of("/", "/metrics/", "/metricsx", "/%2e%2e/etc/passwd")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).contains("/healthz /metrics /readyz");
        }
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        HttpResponse<String> answer =
                send(request("/metrics").POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void shouldSurviveAPageThatFails() throws Exception {
        metrics.watchShards(
                () -> {
                    throw new IllegalStateException("the shards are being closed");
                });

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("IllegalState");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldNameTheAddressThatIsTaken() {
        assertThatThrownBy(
                        () ->
                                HttpEndpoint.start(
                                        "127.0.0.1", endpoint.port(), metrics.registry(), health))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + endpoint.port())
                .hasMessageContaining("choose another");
    }

    @Test
    void shouldNameAHostThatIsUnknown() {
        assertThatThrownBy(
                        () ->
                                HttpEndpoint.start(
                                        "no-such-host.invalid", 0, metrics.registry(), health))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-host.invalid:0")
                .hasMessageContaining("host name is unknown");
    }

    @Test
    void shouldFreeItsPortWhenClosed() throws Exception {
        int port = endpoint.port();
        endpoint.close();

        endpoint = HttpEndpoint.start("127.0.0.1", port, metrics.registry(), health);

        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldBoundTheTimeOfARequest() {
        // The JDK's server reads these once; without them a slow client holds a thread for ever.
        assertThat(System.getProperty("sun.net.httpserver.maxReqTime")).isEqualTo("10");
        assertThat(System.getProperty("sun.net.httpserver.maxRspTime")).isEqualTo("30");
        assertThat(System.getProperty("jdk.httpserver.maxConnections")).isEqualTo("200");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
