package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Poison records on whole brokers, over gRPC. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DeadLetterJourneyTest {

    @TempDir private Path directory;

    @Test
    void shouldBringPoisonRecordsBackOnOneBroker() throws IOException {
        BrokerConfig config =
                BrokerConfig.of(
                        Map.of(
                                "data-dir", directory.toString(),
                                "listen.client-port", "0",
                                "listen.peer-port", "0",
                                "listen.http-port", "0",
                                "wal.segment-bytes", "16MiB",
                                "wal.cap-bytes", "128MiB",
                                "stop-grace-ms", "2s"));
        try (Broker broker = Broker.start(config)) {
            go(new DeadLetterJourney(List.of(broker.clientAddress())));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
    void shouldBringPoisonRecordsBackOnThreeBrokers() throws IOException {
        try (ThreeBrokers brokers = ThreeBrokers.start(directory)) {
            go(
                    new DeadLetterJourney(
                            List.of(
                                    brokers.broker(1).clientAddress(),
                                    brokers.broker(2).clientAddress(),
                                    brokers.broker(3).clientAddress())));
        }
    }

    private static void go(DeadLetterJourney journey) {
        journey.redriveFromAnyBroker("orders", "billing");
        journey.redriveFromAnyBroker("invoices", "mails");
        journey.dropWhatIsGivenUpAgain("parcels", "sorting");
        journey.refuseWhatIsTrimmed("letters", "post");
        journey.refuseClientsWhatBrokersAsk();
    }
}
