package io.millrace.perf.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.Broker;
import io.millrace.broker.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a broker in this process. */
class MillraceDriverTest extends DriverContract {
    @TempDir private static Path directory;
    private static Broker broker;
    private static Driver driver;

    @BeforeAll
    static void open() throws IOException {
        broker =
                Broker.start(
                        BrokerConfig.of(
                                Map.of(
                                        "data-dir", directory.resolve("data").toString(),
                                        "listen.client-port", "0",
                                        "listen.peer-port", "0",
                                        "listen.http-port", "0",
                                        "wal.segment-bytes", "16MiB",
                                        "wal.cap-bytes", "128MiB",
                                        "stop-grace-ms", "5s")));
        driver = DriverProvider.named("millrace").connect(broker.clientAddress());
    }

    @AfterAll
    static void close() {
        driver.close();
        broker.close();
    }

    @Override
    protected Driver driver() {
        return driver;
    }

    @Test
    void shouldNotSayWhatNoAcknowledgementHasSaid() {
        driver.createTopic(new TopicSpec("silent", 1, 1, Durability.FSYNC_MAJORITY, 100));
        assertThatThrownBy(() -> driver.assurance("silent"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0 acknowledgements said QUORUM_FSYNC");
    }

    @Test
    void shouldRefuseAClassThatThereIsNot() {
        TopicSpec weak = new TopicSpec("weak", 1, 1, Durability.PAGE_CACHE, 100);
        assertThatThrownBy(() -> driver.createTopic(weak))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("durability is PAGE_CACHE; Millrace has only FSYNC_MAJORITY");
    }

    @Test
    void shouldNameTheSystemsThatThereAre() {
        assertThatThrownBy(() -> DriverProvider.named("nats"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"nats\"")
                .hasMessageContaining("millrace");
        assertThat(DriverProvider.named("millrace").name()).isEqualTo("millrace");
    }
}
