package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.millrace.v1.SetPaused;
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
import org.junit.jupiter.api.Test;

final class SubscriptionSessionTest {

    private static final SubscriptionLimits LIMITS =
            new SubscriptionLimits(
                    Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(3), 4096, 10);

    private final MemoryPartitionLogStore store = new MemoryPartitionLogStore();
    private final RecordingOutlet outlet = new RecordingOutlet();
    private PartitionLog log;
    private PartitionLog other;
    private boolean trimmed;
    private boolean exists = true;
    private boolean existsOnce;
    private int barriersAsked;
    private Error fault;
    private CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);
    private SubscriptionSession session;

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

    @Test
    void shouldDeliverWhatIsThereAndWhatComesLaterInOrder() throws IOException {
        append(log, 3);
        start(earliest(), credit(100, 10_000));
        append(log, 2);
        append(log, 1);

        assertThat(outlet.sent.get(0).getStarted().getPositions(0).getLogEndOffset()).isEqualTo(3);
        assertThat(outlet.baseOffsets()).containsExactly(0L, 3L, 5L);
    }

    @Test
    void shouldStartAtLatestOffsetAndTime() throws IOException {
        append(log, 4);
        append(log, 4);
        start(position(p -> p.setLatest(true)), credit(100, 10_000));
        append(log, 1);
        assertThat(outlet.baseOffsets()).containsExactly(8L);

        seek(1, position(p -> p.setOffset(5)));
        assertThat(outlet.baseOffsets()).containsExactly(8L, 4L, 8L);
        assertThat(outlet.batches().get(1).getIncarnation()).isEqualTo(1);

        seek(2, position(p -> p.setTimestampMs(1)));
        assertThat(outlet.baseOffsets()).containsExactly(8L, 4L, 8L, 0L, 4L, 8L);
    }

    @Test
    void shouldSpendCreditAndOverdrawByAtMostOneBatch() throws IOException {
        for (int i = 0; i < 4; i++) {
            append(log, 2);
        }
        start(earliest(), credit(3, 10_000));
        assertThat(outlet.baseOffsets()).containsExactly(0L, 2L);

        // One record was overdrawn: one more only brings the balance back to zero.
        request(SubscribeRequest.newBuilder().setCredit(credit(1, 0)).build());
        assertThat(outlet.baseOffsets()).hasSize(2);
        request(SubscribeRequest.newBuilder().setCredit(credit(1, 0)).build());
        assertThat(outlet.baseOffsets()).containsExactly(0L, 2L, 4L);
    }

    @Test
    void shouldStopWhenTheConnectionIsFullAndGoOnWhenItIsNot() throws IOException {
        start(earliest(), credit(100, 10_000));
        outlet.ready = false;
        append(log, 1);
        assertThat(outlet.baseOffsets()).isEmpty();

        outlet.ready = true;
        session.onReady();
        assertThat(outlet.baseOffsets()).containsExactly(0L);
    }

    @Test
    void shouldAnnounceTheGapBelowTheLogStartAndGoOnBehindIt() throws IOException {
        append(log, 2);
        append(log, 2);
        append(log, 2);
        log.trim(4);
        start(position(p -> p.setOffset(1)), credit(100, 10_000));

        PartitionGap gap = outlet.sent.get(1).getGap();
        assertThat(gap.getFromOffset()).isEqualTo(1);
        assertThat(gap.getToOffset()).isEqualTo(4);
        assertThat(gap.getReason()).isEqualTo(PartitionGap.Reason.REASON_EXPIRED);
        assertThat(outlet.baseOffsets()).containsExactly(4L);
    }

    @Test
    void shouldTellTrimmedFromExpiredAndNoticeATrimOfWhatWasNotReadYet() throws IOException {
        append(log, 2);
        append(log, 2);
        start(earliest(), credit(0, 0));
        trimmed = true;
        log.trim(4);
        request(SubscribeRequest.newBuilder().setCredit(credit(100, 10_000)).build());

        assertThat(outlet.sent.get(1).getGap().getReason())
                .isEqualTo(PartitionGap.Reason.REASON_TRIMMED);
        assertThat(outlet.baseOffsets()).isEmpty();
        append(log, 1);
        assertThat(outlet.baseOffsets()).containsExactly(4L);
    }

    @Test
    void shouldEndWithOutOfRangeAboveTheLogEnd() throws IOException {
        append(log, 2);
        start(position(p -> p.setOffset(3)), credit(100, 10_000));

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.OFFSET_OUT_OF_RANGE);
        assertThat(outlet.completed).isTrue();
        assertThat(outlet.last().getEnd().getError().getMetadataMap())
                .containsEntry("log_end_offset", "2");
    }

    @Test
    void shouldWaitForTheReadBarrierBeforeItLooksAtTheLogEnd() throws IOException {
        barrier = new CompletableFuture<>();
        start(position(p -> p.setOffset(2)), credit(100, 10_000));
        assertThat(outlet.sent).isEmpty();

        append(log, 2);
        append(log, 1);
        barrier.complete(null);

        assertThat(outlet.baseOffsets()).containsExactly(2L);
    }

    @Test
    void shouldShareTurnsBetweenPartitionsAndKeepPausedOnesBack() throws IOException {
        append(log, 1);
        append(log, 1);
        append(other, 1);
        append(other, 1);
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .addPartitions(part(1, 0, earliest()))
                                        .addPartitions(part(2, 1, earliest())))
                        .build());
        request(
                SubscribeRequest.newBuilder()
                        .setSetPaused(SetPaused.newBuilder().setHandle(2).setPaused(true))
                        .build());
        request(SubscribeRequest.newBuilder().setCredit(credit(100, 10_000)).build());
        assertThat(outlet.batches()).extracting(DeliveredBatch::getHandle).containsExactly(1, 1);

        request(
                SubscribeRequest.newBuilder()
                        .setSetPaused(SetPaused.newBuilder().setHandle(2).setPaused(false))
                        .build());
        assertThat(outlet.batches())
                .extracting(DeliveredBatch::getHandle)
                .containsExactly(1, 1, 2, 2);
    }

    @Test
    void shouldSendHeartbeatsAndCutWhoTakesNothing() throws IOException {
        append(log, 1);
        start(earliest(), credit(0, 0));
        session.onHeartbeatTick();
        assertThat(outlet.last().getHeartbeat().getPositions(0).getNextOffset()).isZero();

        outlet.ready = false;
        for (int tick = 0; tick < 3; tick++) {
            session.onHeartbeatTick();
        }
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.SUBSCRIPTION_STALLED);
    }

    @Test
    void shouldNotCutWhoTakesBatchesSlowlyAndSendTheHeartbeatWithThem() throws IOException {
        start(earliest(), credit(1_000, 100_000));
        for (int tick = 0; tick < 10; tick++) {
            outlet.ready = false;
            session.onHeartbeatTick();
            append(log, 1);
            outlet.ready = true;
            session.onReady();
            outlet.ready = false;
        }

        assertThat(outlet.baseOffsets()).hasSize(10);
        assertThat(outlet.sent).filteredOn(SubscribeResponse::hasHeartbeat).hasSize(10);
        assertThat(outlet.completed).isFalse();
    }

    @Test
    void shouldNotCutWhoseStreamWasIdleBeforeItsStart() {
        for (int tick = 0; tick < 10; tick++) {
            session.onHeartbeatTick();
        }
        outlet.ready = false;
        start(earliest(), credit(0, 0));
        session.onHeartbeatTick();

        assertThat(outlet.completed).isFalse();
    }

    @Test
    void shouldTellOfTheDeletionWithoutCredit() throws IOException {
        append(log, 1);
        start(earliest(), credit(0, 0));
        exists = false;
        session.onHeartbeatTick();

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
    }

    @Test
    void shouldNotTakeADeletionForAGap() throws IOException {
        append(log, 2);
        start(earliest(), credit(0, 0));
        // The log goes first, as seen by a session that looked whether it exists just before.
        existsOnce = true;
        exists = false;
        log.trim(2);
        request(SubscribeRequest.newBuilder().setCredit(credit(100, 10_000)).build());

        assertThat(outlet.sent).filteredOn(SubscribeResponse::hasGap).isEmpty();
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
    }

    @Test
    void shouldRefuseASeekWithAnIncarnationThatIsNotHigherAndSayNothingAfter() throws IOException {
        append(log, 2);
        start(earliest(), credit(0, 0));
        seek(2, earliest());
        assertThat(outlet.completed).isFalse();

        session.onHeartbeatTick();
        seek(2, earliest());

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.last().getEnd().getHandle()).isEqualTo(1);
    }

    @Test
    void shouldNameThePartitionThatCannotBeFollowed() {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .addPartitions(part(1, 0, earliest()))
                                        .addPartitions(part(7, 5, earliest())))
                        .build());

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.UNKNOWN_PARTITION);
        assertThat(outlet.last().getEnd().getHandle()).isEqualTo(7);
    }

    @Test
    void shouldAskAShardForItsBarrierOnceHoweverManyPartitionsItHas() {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .addPartitions(part(1, 0, earliest()))
                                        .addPartitions(part(2, 1, earliest())))
                        .build());

        assertThat(barriersAsked).isEqualTo(1);
        assertThat(outlet.last().hasStarted()).isTrue();
    }

    @Test
    void shouldEndAndLetGoWhenTheDiskFailsUnderAMappedFile() throws IOException {
        append(log, 1);
        start(earliest(), credit(0, 0));
        fault = new InternalError("a fault occurred in an unsafe memory access operation");
        request(SubscribeRequest.newBuilder().setCredit(credit(1, 1)).build());

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INTERNAL);
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldEndWhenTheTopicIsDeleted() throws IOException {
        append(log, 1);
        start(earliest(), credit(100, 10_000));
        exists = false;
        session.onHeartbeatTick();

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
        assertThat(outlet.last().getEnd().getHandle()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatBreaksTheRulesNamingTheField() {
        start(position(p -> {}), credit(1, 1));
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.last().getEnd().getError().getMetadataMap())
                .containsEntry("field", "position");
        // Nothing comes after the end, whatever the subscriber sends.
        int before = outlet.sent.size();
        request(SubscribeRequest.newBuilder().setCredit(credit(1, 1)).build());
        assertThat(outlet.sent).hasSize(before);
    }

    @Test
    void shouldRefuseTooMuchCreditAndUnknownHandles() {
        start(earliest(), credit(1L << 31, 1));
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.last().getEnd().getError().getMessage()).contains("credit.records");
    }

    @Test
    void shouldLetGoOfTheLogWhenTheSubscriberLeaves() throws IOException {
        start(earliest(), credit(100, 10_000));
        session.onClosed();
        append(log, 1);

        assertThat(outlet.baseOffsets()).isEmpty();
        assertThat(outlet.completed).isTrue();
    }

    private void start(Position position, Credit credit) {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .setInitialCredit(credit)
                                        .addPartitions(part(1, 0, position)))
                        .build());
    }

    private static PartitionStart.Builder part(int handle, int partition, Position position) {
        return PartitionStart.newBuilder()
                .setHandle(handle)
                .setTopic("t")
                .setPartition(partition)
                .setPosition(position);
    }

    private void seek(int incarnation, Position position) {
        request(
                SubscribeRequest.newBuilder()
                        .setSeek(
                                Seek.newBuilder()
                                        .setHandle(1)
                                        .setIncarnation(incarnation)
                                        .setPosition(position))
                        .build());
    }

    private void request(SubscribeRequest request) {
        session.onRequest(request);
    }

    private static Position earliest() {
        return position(p -> p.setEarliest(true));
    }

    private static Position position(java.util.function.Consumer<Position.Builder> fill) {
        Position.Builder builder = Position.newBuilder();
        fill.accept(builder);
        return builder.build();
    }

    private static Credit credit(long records, long bytes) {
        return Credit.newBuilder().setRecords(records).setBytes(bytes).build();
    }

    private static void append(PartitionLog log, int records) throws IOException {
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

    private ServedPartition resolve(String topic, long topicId, int partition) {
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

    private static final class RecordingOutlet implements SubscriptionOutlet {

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
