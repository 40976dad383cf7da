package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.fake.Fault;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever breaks: an acknowledged record is stored once, at its offset, in order; one that was not
 * applied is not stored; one of unknown fate is stored once at most.
 */
@Timeout(60)
class PublisherUnderFaultsTest {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 3_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldStoreEachRecordOnceAndInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        try (FakeCluster cluster = new FakeCluster(2, PARTITIONS);
                MillraceClient client = MillraceClient.connect(cluster.servers())) {
            cluster.createTopic("t", PARTITIONS);
            cluster.setFaults(append -> transientFault(random));
            List<CompletableFuture<PublishedRecord>> futures;
            try (Publisher publisher = open(client, Duration.ofSeconds(50), random)) {
                futures = publish(publisher, cluster, random);
                calmDown(cluster, futures);
            }
            check(cluster, futures, seed);
            assertThat(futures)
                    .as("seed %d", seed)
                    .allSatisfy(future -> assertThat(future).isCompleted())
                    .noneMatch(CompletableFuture::isCompletedExceptionally);
            for (int p = 0; p < PARTITIONS; p++) {
                assertThat(cluster.values("t", p)).hasSize(RECORDS / PARTITIONS);
                assertThat(cluster.partition("t", p).producersSeen()).isEqualTo(1);
            }
        }
    }

    /** Deadlines pass with batches under way, producers are forgotten, batches refused for good. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldKeepItsWordWhenItGivesUp(long seed) throws Exception {
        Random random = new Random(seed);
        try (FakeCluster cluster = new FakeCluster(2, PARTITIONS);
                MillraceClient client = MillraceClient.connect(cluster.servers())) {
            cluster.createTopic("t", PARTITIONS);
            cluster.setFaults(append -> anyFault(random));
            List<CompletableFuture<PublishedRecord>> futures;
            try (Publisher publisher = open(client, Duration.ofMillis(300), random)) {
                futures = publish(publisher, cluster, random);
                calmDown(cluster, futures);
            }
            check(cluster, futures, seed);
        }
    }

    private static Publisher open(MillraceClient client, Duration deadline, Random random) {
        return client.newPublisher()
                .batchBytes(1_024)
                .linger(Duration.ofMillis(random.nextInt(3)))
                .compression(Compression.values()[random.nextInt(3)])
                .deadline(deadline)
                .open();
    }

    private static List<CompletableFuture<PublishedRecord>> publish(
            Publisher publisher, FakeCluster cluster, Random random) {
        List<CompletableFuture<PublishedRecord>> futures = new ArrayList<>();
        for (int n = 0; n < RECORDS; n++) {
            futures.add(
                    publisher.publish(
                            OutgoingRecord.to("t")
                                    .partition(n % PARTITIONS)
                                    .value(String.valueOf(n))
                                    .build()));
            if (n % 300 == 299) {
                synchronized (cluster) {
                    cluster.moveLeader(
                            1 + random.nextInt(PARTITIONS),
                            1 + random.nextInt(2),
                            random.nextBoolean());
                }
                cluster.applyLate();
            }
        }
        return futures;
    }

    /** Lets half of the records through the faults, then ends those. */
    private static void calmDown(
            FakeCluster cluster, List<CompletableFuture<PublishedRecord>> futures) {
        try {
            futures.get(RECORDS / 2).exceptionally(e -> null).get(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            // Then the faults were many; the rest is sent without any.
        }
        cluster.setFaults(append -> Fault.NONE);
        cluster.applyLate();
        futures.forEach(future -> future.exceptionally(e -> null).join());
        cluster.applyLate();
    }

    private static Fault transientFault(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> Fault.BREAK;
            case 1 -> Fault.BREAK_AFTER;
            case 2 -> Fault.BREAK_AND_APPLY_LATE;
            case 3 -> Fault.refuse(ErrorCode.OVERLOADED);
            case 4 -> Fault.refuse(ErrorCode.LEADER_UNAVAILABLE);
            case 5 -> Fault.unknownButApplied();
            case 6 -> Fault.unknownNotApplied();
            default -> Fault.NONE;
        };
    }

    private static Fault anyFault(Random random) {
        return switch (random.nextInt(60)) {
            case 0, 1 -> Fault.SILENCE;
            case 2 -> Fault.refuse(ErrorCode.CORRUPT_BATCH);
            case 3 -> Fault.refuse(ErrorCode.UNKNOWN_PRODUCER);
            case 4 -> Fault.refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE);
            default -> transientFault(random);
        };
    }

    private static void check(
            FakeCluster cluster, List<CompletableFuture<PublishedRecord>> futures, long seed) {
        Map<Integer, List<Long>> places = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            List<String> values = cluster.values("t", p);
            for (int offset = 0; offset < values.size(); offset++) {
                places.computeIfAbsent(Integer.parseInt(values.get(offset)), n -> new ArrayList<>())
                        .add((long) offset);
            }
        }
        long[] last = new long[PARTITIONS];
        Arrays.fill(last, -1);
        for (int n = 0; n < futures.size(); n++) {
            List<Long> stored = places.getOrDefault(n, List.of());
            assertThat(stored.size()).as("seed %d, record %d: %s", seed, n, stored).isLessThan(2);
            CompletableFuture<PublishedRecord> future = futures.get(n);
            if (!future.isCompletedExceptionally()) {
                long offset = future.join().offset();
                if (offset != PublishedRecord.OFFSET_UNKNOWN) {
                    assertThat(stored).as("seed %d, record %d", seed, n).containsExactly(offset);
                }
                assertThat(stored).as("seed %d, record %d", seed, n).hasSize(1);
                assertThat(stored.get(0))
                        .as("seed %d, record %d: order", seed, n)
                        .isGreaterThan(last[n % PARTITIONS]);
                last[n % PARTITIONS] = stored.get(0);
            } else if (PublisherTest.failure(future).outcome() == WriteOutcome.NOT_APPLIED) {
                assertThat(stored).as("seed %d, record %d", seed, n).isEmpty();
            }
        }
    }
}
