package io.millrace.tests.costs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Budgets of what a record of 1 KiB costs in batches of 64 KiB. Whoever makes it cheaper lowers the
 * budget; whoever needs more says in the commit what for. They are about a fifth above what was
 * counted.
 */
@Timeout(180)
final class CostsTest {

    private static final int RECORDS = 8 * 1024;
    private static final int WARM_UP = 4;
    private static final int ROUNDS = 4;

    /** gRPC's network threads, of both sides: they parse what comes. */
    private static final Predicate<String> NETWORK = name -> name.startsWith("grpc-default-worker");

    private static final Predicate<String> CALLER = Thread.currentThread().getName()::equals;

    private static final Predicate<String> PUBLISHER =
            CALLER.or(name -> name.startsWith("millrace-publisher"));

    private static final Predicate<String> SUBSCRIBER = CALLER.or(NETWORK);

    @TempDir Path directory;

    @Test
    void shouldKeepToItsBudgetsInOneBroker() throws Exception {
        try (InProcessBrokers brokers = InProcessBrokers.start(directory, 1);
                MillraceClient client = brokers.client();
                Traffic traffic = new Traffic(client)) {
            Cost publish = Cost.ofRound(PUBLISHER, WARM_UP, ROUNDS, () -> traffic.publish(RECORDS));
            publish.check("publishing", RECORDS, 1_700, 1_450);

            int all = (WARM_UP + ROUNDS) * RECORDS;
            Cost read = Cost.ofRound(SUBSCRIBER, 1, 2, () -> traffic.read(all));
            read.check("subscribing", all, 2_650, 1_400);

            double forces = brokers.counter("millrace_wal_groups_total");
            double bytes = brokers.counter("millrace_wal_bytes_total");
            traffic.publish(RECORDS);
            forces = brokers.counter("millrace_wal_groups_total") - forces;
            bytes = brokers.counter("millrace_wal_bytes_total") - bytes;
            System.out.printf(
                    "write-ahead log: %.1f forces for 1,000 records, %.3f bytes for a byte%n",
                    forces * 1_000 / RECORDS, bytes / RECORDS / Traffic.RECORD_BYTES);
            // One for each batch at most, and some for what the idle log has to say.
            assertThat(forces * 1_000 / RECORDS).as("forces for 1,000 records").isBetween(0.5, 17.);
            assertThat(bytes / RECORDS / Traffic.RECORD_BYTES)
                    .as("bytes written ahead for each byte")
                    .isBetween(1., 1.05);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
    void shouldKeepToItsBudgetsInThreeBrokers() throws Exception {
        try (InProcessBrokers brokers = InProcessBrokers.start(directory, 3);
                MillraceClient client = brokers.client();
                Traffic traffic = new Traffic(client)) {
            Cost publish = Cost.ofRound(PUBLISHER, WARM_UP, ROUNDS, () -> traffic.publish(RECORDS));
            // 1,600 of them for what leaders send: the buffers used to be kept for the next time,
            // and a broker ran out of memory by them.
            publish.check("publishing to three", RECORDS, 1_700, 8_200);
        }
    }

    /**
     * What one round has allocated.
     *
     * @param client bytes, by the SDK
     * @param brokers bytes, by all else
     */
    private record Cost(long client, long brokers) {

        /** The least of some rounds: whatever else goes on only adds to it. */
        static Cost ofRound(Predicate<String> client, int warmUp, int rounds, Runnable round) {
            Cost least = new Cost(Long.MAX_VALUE, Long.MAX_VALUE);
            for (int i = 0; i < warmUp + rounds; i++) {
                AllocatedBytes before = AllocatedBytes.now();
                round.run();
                AllocatedBytes after = AllocatedBytes.now();
                if (i >= warmUp) {
                    least =
                            new Cost(
                                    Math.min(least.client, after.since(before, client)),
                                    Math.min(least.brokers, after.since(before, client.negate())));
                }
            }
            return least;
        }

        void check(String what, int records, long clientBudget, long brokerBudget) {
            System.out.printf(
                    "%s: %,d bytes a record in the SDK, %,d in the brokers%n",
                    what, client / records, brokers / records);
            // The lower bounds: what allocates less than this was not seen.
            assertThat(client / records).as(what + ", SDK").isBetween(100L, clientBudget);
            assertThat(brokers / records).as(what + ", brokers").isBetween(100L, brokerBudget);
        }
    }
}
