package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
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
import org.junit.jupiter.api.BeforeEach;

/** A subscription with its surroundings, and what it was told. */
abstract class SubscriptionFixture {

    static final SubscriptionLimits LIMITS =
            new SubscriptionLimits(
                    Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(3), 4096, 10);

    final MemoryPartitionLogStore store = new MemoryPartitionLogStore();
    final RecordingOutlet outlet = new RecordingOutlet();
    PartitionLog log;
    PartitionLog other;
    boolean trimmed;
    boolean exists = true;
    boolean existsOnce;
    int barriersAsked;
    Error fault;
    CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);
    SubscriptionSession session;

    @BeforeEach
    void openLogs() throws IOException {
        SegmentLimits small = new SegmentLimits(1, Long.MAX_VALUE, 1024);
        log = store.open(1, small, LogState.EMPTY);
        other = store.open(2, small, LogState.EMPTY);
        session =
                new SubscriptionSession(
                        new Handshake("cluster-a"),
                        this::resolve,
                        outlet,
                        Runnable::run,
                        Clock.systemUTC(),
                        LIMITS,
                        new SubscriptionListener() {
                            @Override
                            public void delivered(String topic, int records, int bytes) {}

                            @Override
                            public void gap(PartitionGap.Reason reason) {}

                            @Override
                            public void closed() {}
                        });
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
        log.append(
                List.of(
                        new StoredBatch(
                                log.endOffset(),
                                records,
                                log.endOffset() + 1,
                                1,
                                1_000 + log.endOffset(),
                                ByteBuffer.wrap(new byte[10]))));
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
            public boolean exists() {
                if (existsOnce) {
                    existsOnce = false;
                    return true;
                }
                return exists;
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

    static final class RecordingOutlet implements SubscriptionOutlet {

        final List<SubscribeResponse> sent = new ArrayList<>();
        boolean ready = true;
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
        }

        @Override
        public void requestNext() {}

        @Override
        public void complete() {
            completed = true;
        }
    }
}
