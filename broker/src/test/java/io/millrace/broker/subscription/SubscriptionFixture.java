package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.Seek;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;

/** A subscription with its surroundings, and what it was told. */
abstract class SubscriptionFixture {

    static final SubscriptionLimits LIMITS =
            new SubscriptionLimits(Duration.ofSeconds(1), Duration.ofSeconds(3), 4096, 10);

    MemoryPartitionLogStore store;
    final RecordingOutlet outlet = new RecordingOutlet();
    PartitionLog log;
    PartitionLog other;
    boolean trimmed;
    boolean exists = true;
    boolean existsOnce;
    boolean here = true;
    boolean leads = true;
    long staleness;
    long nanos;
    final List<Runnable> alarms = new ArrayList<>();
    int barriersAsked;
    Error fault;
    CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);
    Executor executor = Runnable::run;
    int tested;
    int matched;
    SubscriptionSession session;

    @BeforeEach
    void openLogs() throws IOException {
        store = new MemoryPartitionLogStore();
        SegmentLimits small = new SegmentLimits(1, Long.MAX_VALUE, 1 << 20);
        log = store.open(1, small, LogState.EMPTY);
        other = store.open(2, small, LogState.EMPTY);
        session =
                new SubscriptionSession(
                        new SubscriptionContext(
                                new Handshake("cluster-a"),
                                this::resolve,
                                task -> executor.execute(task),
                                (delay, task) -> alarms.add(task),
                                Clock.systemUTC(),
                                () -> nanos,
                                LIMITS,
                                new Heard()),
                        outlet);
    }

    /** Time passes, and what waits looks again. */
    void pass(Duration time) {
        nanos += time.toNanos();
        List<Runnable> due = List.copyOf(alarms);
        alarms.clear();
        due.forEach(Runnable::run);
    }

    void start(SubscribeStart.Builder terms, PartitionStart.Builder part) {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                terms.setProtocolVersion(1)
                                        .setInitialCredit(credit(100, 10_000))
                                        .addPartitions(part))
                        .build());
    }

    void start(Position position, Credit credit) {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .setInitialCredit(credit)
                                        .addPartitions(part(1, 0, position)))
                        .build());
    }

    static PartitionStart.Builder part(int handle, int partition, Position position) {
        return PartitionStart.newBuilder()
                .setHandle(handle)
                .setTopic("t")
                .setPartition(partition)
                .setPosition(position);
    }

    void seek(int incarnation, Position position) {
        request(
                SubscribeRequest.newBuilder()
                        .setSeek(
                                Seek.newBuilder()
                                        .setHandle(1)
                                        .setIncarnation(incarnation)
                                        .setPosition(position))
                        .build());
    }

    void request(SubscribeRequest request) {
        session.onRequest(request);
    }

    static Position earliest() {
        return position(p -> p.setEarliest(true));
    }

    static Position position(java.util.function.Consumer<Position.Builder> fill) {
        Position.Builder builder = Position.newBuilder();
        fill.accept(builder);
        return builder.build();
    }

    static Credit credit(long records, long bytes) {
        return Credit.newBuilder().setRecords(records).setBytes(bytes).build();
    }

    static void append(PartitionLog log, int records) throws IOException {
        append(log, records, 10);
    }

    static void append(PartitionLog log, int records, int bytes) throws IOException {
        log.append(
                List.of(
                        new StoredBatch(
                                log.endOffset(),
                                records,
                                log.endOffset() + 1,
                                1,
                                1_000 + log.endOffset(),
                                ByteBuffer.wrap(new byte[bytes]))));
    }

    ServedPartition resolve(String topic, long topicId, int partition) {
        if (partition > 1) {
            throw MillraceException.of(ErrorCode.UNKNOWN_PARTITION, "no partition " + partition);
        }
        return new ServedPartition() {
            @Override
            public PartitionLog log() {
                if (fault != null) {
                    Error thrown = fault;
                    fault = null;
                    throw thrown;
                }
                return partition == 0 ? log : other;
            }

            @Override
            public long leaderEpoch() {
                return 1;
            }

            @Override
            public boolean trimmedOnRequest() {
                return trimmed;
            }

            @Override
            public boolean corruptionFound(CorruptLogException found) {
                return found.segmentNumber() != 0;
            }

            @Override
            public boolean exists() {
                if (existsOnce) {
                    existsOnce = false;
                    return true;
                }
                return exists;
            }

            @Override
            public boolean isHere() {
                return here;
            }

            @Override
            public boolean leads() {
                return leads;
            }

            @Override
            public long stalenessNanos() {
                return staleness;
            }

            @Override
            public MillraceException redirected(MillraceException failure) {
                return failure.with("leader", "leader:7400");
            }

            @Override
            public MillraceException toAnother(MillraceException failure) {
                return failure.with("leader", "another:7400");
            }

            @Override
            public MillraceException elsewhere() {
                return redirected(MillraceException.of(ErrorCode.NOT_LEADER, "moved away"));
            }

            @Override
            public int shard() {
                return 1;
            }

            @Override
            public CompletableFuture<Void> readBarrier() {
                barriersAsked++;
                return barrier;
            }
        };
    }

    private final class Heard implements SubscriptionListener {

        @Override
        public void delivered(String topic, int records, int bytes) {}

        @Override
        public void tested(int records, int matching) {
            tested += records;
            matched += matching;
        }

        @Override
        public void gap(PartitionGap.Reason reason) {}

        @Override
        public void closed() {}
    }

    static final class RecordingOutlet implements SubscriptionOutlet {

        final List<SubscribeResponse> sent = new ArrayList<>();
        boolean ready = true;

        /** The connection is full when something was sent. */
        boolean narrow;

        boolean completed;

        SubscribeResponse last() {
            return sent.get(sent.size() - 1);
        }

        ErrorReason endReason() {
            return last().getEnd().getError().getReason();
        }

        List<DeliveredBatch> batches() {
            return sent.stream()
                    .filter(SubscribeResponse::hasBatch)
                    .map(SubscribeResponse::getBatch)
                    .toList();
        }

        List<Long> baseOffsets() {
            return batches().stream().map(DeliveredBatch::getBaseOffset).toList();
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(SubscribeResponse response) {
            sent.add(response);
            ready &= !narrow;
        }

        @Override
        public void requestNext() {}

        @Override
        public void complete() {
            completed = true;
        }
    }
}
