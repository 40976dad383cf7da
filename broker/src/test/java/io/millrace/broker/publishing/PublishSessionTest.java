package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Outcome;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PublishSessionTest {

    private static final long PRODUCER = 77;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final FakeTargets targets = new FakeTargets();
    private final RecordingOutlet outlet = new RecordingOutlet();
    private final ByteBudget budget = new ByteBudget(1_000, Runnable::run);
    private final List<ErrorCode> refusals = new ArrayList<>();
    private final PublishSession session = new PublishSession(context(), outlet);

    private PublishContext context() {
        return new PublishContext(
                new Handshake("cluster-a"),
                targets,
                () -> CompletableFuture.completedFuture(PRODUCER),
                budget,
                timer,
                System::nanoTime,
                8 << 20,
                3,
                new PublishListener() {
                    @Override
                    public void acknowledged(
                            String topic, int records, int bytes, long nanos, boolean duplicate) {}

                    @Override
                    public void refused(ErrorCode code) {
                        refusals.add(code);
                    }
                });
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Test
    void shouldWelcomeWithAProducerIdAndAcknowledgeWithTheOffset() {
        hello();
        assertThat(outlet.sent.get(0).getWelcome().getProducerId()).isEqualTo(PRODUCER);
        assertThat(outlet.sent.get(0).getWelcome().getMaxInFlightBatches()).isEqualTo(3);

        append(1, batch(0, 2));
        targets.next().stored(40, 6, 1234);

        assertThat(last().getAck().getCorrelationId()).isEqualTo(1);
        assertThat(last().getAck().getBaseOffset()).isEqualTo(40);
        assertThat(last().getAck().getLeaderEpoch()).isEqualTo(6);
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldKeepAProducerIdThatTheClientBrings() {
        session.onRequest(
                PublishRequest.newBuilder()
                        .setHello(
                                PublishHello.newBuilder()
                                        .setProtocolVersion(1)
                                        .setProducerId(5)
                                        .setProducerEpoch(2))
                        .build());

        assertThat(last().getWelcome().getProducerId()).isEqualTo(5);
        assertThat(last().getWelcome().getProducerEpoch()).isEqualTo(2);
    }

    @Test
    void shouldBreakOffAnotherProtocolVersionAndAnotherCluster() {
        session.onRequest(
                PublishRequest.newBuilder()
                        .setHello(PublishHello.newBuilder().setProtocolVersion(9))
                        .build());
        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);

        RecordingOutlet second = new RecordingOutlet();
        new PublishSession(context(), second)
                .onRequest(
                        PublishRequest.newBuilder()
                                .setHello(
                                        PublishHello.newBuilder()
                                                .setProtocolVersion(1)
                                                .setClusterId("cluster-b"))
                                .build());
        assertThat(second.failure.code()).isEqualTo(ErrorCode.WRONG_CLUSTER);
        assertThat(second.failure).hasMessageContaining("cluster-a");
    }

    @Test
    void shouldRefuseEverythingBehindAFailureOfTheSamePartitionOnly() {
        hello();
        append(1, batch(0, 1));
        append(2, batch(1, 1));
        targets.next()
                .refused(MillraceException.of(ErrorCode.OUTCOME_UNKNOWN, "the leader changed"));

        append(3, batch(2, 1));
        targets.next().refused(MillraceException.of(ErrorCode.PREDECESSOR_FAILED, "behind it"));

        assertThat(refusal(3)).isEqualTo(ErrorReason.PREDECESSOR_FAILED);
        append(4, "other", batch(0, 1));
        assertThat(targets.waiting).hasSize(1);
    }

    @Test
    void shouldRefuseBadBatchesNamingTheRule() {
        hello();
        targets.maxBatchBytes = 100;
        append(1, "a", batch(0, 50));
        assertThat(refusal(1)).isEqualTo(ErrorReason.BATCH_TOO_LARGE);
        assertThat(last().getRefusal().getError().getMetadataMap())
                .containsEntry("max.batch.bytes", "100");
        targets.maxBatchBytes = 1 << 20;

        byte[] damaged = batch(0, 1).toByteArray();
        damaged[damaged.length - 1] ^= 1;
        append(2, "b", ByteString.copyFrom(damaged));
        assertThat(refusal(2)).isEqualTo(ErrorReason.CORRUPT_BATCH);

        append(3, "c", batchOf(PRODUCER + 1, 0, 1));
        assertThat(refusal(3)).isEqualTo(ErrorReason.INVALID_ARGUMENT);

        append(4, "missing", batch(0, 1));
        assertThat(refusal(4)).isEqualTo(ErrorReason.UNKNOWN_TOPIC);
        assertThat(last().getRefusal().getError().getOutcome())
                .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);

        targets.term = 0;
        append(5, "d", batch(0, 1));
        assertThat(refusal(5)).isEqualTo(ErrorReason.NOT_LEADER);
        assertThat(refusals)
                .containsExactly(
                        ErrorCode.BATCH_TOO_LARGE,
                        ErrorCode.CORRUPT_BATCH,
                        ErrorCode.INVALID_ARGUMENT,
                        ErrorCode.UNKNOWN_TOPIC,
                        ErrorCode.NOT_LEADER);
        assertThat(targets.waiting).isEmpty();
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldRefuseMoreInFlightThanItSaid() {
        hello();
        for (int i = 0; i < 3; i++) {
            append(i, batch(i, 1));
        }
        append(9, batch(3, 1));

        answerAll(3);
        assertThat(refusal(9)).isEqualTo(ErrorReason.INVALID_ARGUMENT);
    }

    @Test
    void shouldCutWhoNeverWaitsForAnswers() {
        hello();
        append(0, batch(0, 1));
        for (int i = 1; i <= 3; i++) {
            append(i, ByteString.EMPTY);
            assertThat(outlet.failure).isNull();
        }
        append(4, ByteString.EMPTY);

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        answerAll(1);
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldAnswerABadBatchAfterTheGoodOnesBeforeIt() {
        hello();
        append(1, batch(0, 1));
        append(2, batch(1, 1));
        append(3, ByteString.copyFromUtf8("no batch"));
        append(4, batch(2, 1));
        append(5, "other", ByteString.EMPTY);

        assertThat(answered()).containsExactly(5L);
        answerAll(2);

        assertThat(answered()).containsExactly(5L, 1L, 2L, 3L, 4L);
        assertThat(refusal(3)).isEqualTo(ErrorReason.CORRUPT_BATCH);
        assertThat(refusal(4)).isEqualTo(ErrorReason.PREDECESSOR_FAILED);
        assertThat(targets.waiting).isEmpty();
    }

    @Test
    void shouldRefuseEverythingBehindABatchWhosePartitionWasNotReady() {
        hello();
        targets.term = 0;
        append(1, batch(0, 1));
        assertThat(refusal(1)).isEqualTo(ErrorReason.NOT_LEADER);

        targets.term = 3;
        append(2, batch(1, 1));

        assertThat(refusal(2)).isEqualTo(ErrorReason.PREDECESSOR_FAILED);
        assertThat(targets.waiting).isEmpty();
    }

    @Test
    void shouldCheckTheTopicIdOfEveryBatch() {
        hello();
        append(1, batch(0, 1));
        session.onRequest(
                PublishRequest.newBuilder()
                        .setAppend(
                                appendRequest(2, "t", batch(1, 1)).getAppend().toBuilder()
                                        .setTopicId(FakeTargets.TOPIC_ID + 1))
                        .build());
        answerAll(1);

        assertThat(refusal(2)).isEqualTo(ErrorReason.TOPIC_RECREATED);
    }

    @Test
    void shouldBoundThePartitionsOfOneStream() {
        hello();
        for (int i = 0; i < PartitionStreams.MAX_PARTITIONS; i++) {
            append(i, "missing-" + i, ByteString.EMPTY);
        }
        append(1_000_000, "t", batch(0, 1));

        assertThat(refusal(1_000_000)).isEqualTo(ErrorReason.OVERLOADED);
        assertThat(last().getRefusal().getError().getMessage()).contains("10,000");
    }

    @Test
    void shouldGiveTheRoomBackThoughTheAnswerCannotBeSent() {
        hello();
        append(1, bigBatch(0));
        outlet.broken = true;

        assertThatThrownBy(() -> targets.next().stored(0, 1, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(budget.used()).isZero();
        session.onHalfClosed();
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldTakeNoNewBatchOnceItHasSaidGoodbye() {
        hello();
        append(1, batch(0, 1));
        session.goAway(MillraceException.of(ErrorCode.NOT_READY, "stopping"), 500);
        assertThat(last().getGoAway().getGraceMs()).isEqualTo(500);

        append(2, batch(1, 1));
        answerAll(1);

        assertThat(answered()).containsExactly(1L, 2L);
        assertThat(refusal(2)).isEqualTo(ErrorReason.NOT_READY);
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldBreakOffWithAReasonWhenTheBrokerTripsOverABug() {
        hello();
        append(1, "bug", batch(0, 1));

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.INTERNAL);
    }

    private void answerAll(int count) {
        for (int i = 0; i < count; i++) {
            targets.next().stored(i, 1, 1);
        }
    }

    /** The correlation ids of all answers, in their order. */
    private List<Long> answered() {
        return outlet.sent.stream()
                .filter(answer -> answer.hasAck() || answer.hasRefusal())
                .map(
                        answer ->
                                answer.hasAck()
                                        ? answer.getAck().getCorrelationId()
                                        : answer.getRefusal().getCorrelationId())
                .toList();
    }

    @Test
    void shouldReadNoFurtherWhileABatchWaitsForRoom() {
        hello();
        int before = outlet.requested;
        append(1, bigBatch(0));
        assertThat(outlet.requested).isEqualTo(before + 1);

        append(2, bigBatch(1));
        assertThat(outlet.requested).isEqualTo(before + 1);
        assertThat(targets.waiting).hasSize(1);

        targets.next().stored(0, 1, 1);
        assertThat(targets.waiting).hasSize(1);
        assertThat(outlet.requested).isEqualTo(before + 2);
    }

    @Test
    void shouldAnswerOverloadedWhenNoRoomIsFoundBeforeTheDeadline() {
        hello();
        append(1, bigBatch(0));
        PublishSession other = new PublishSession(context(), outlet);
        other.onRequest(helloRequest());
        other.onRequest(
                PublishRequest.newBuilder()
                        .setAppend(
                                appendRequest(7, "t", bigBatch(0)).getAppend().toBuilder()
                                        .setTimeoutMs(1))
                        .build());

        await().untilAsserted(() -> assertThat(refusal(7)).isEqualTo(ErrorReason.OVERLOADED));
    }

    @Test
    void shouldGiveBackTheRoomOfWhoeverLeavesTheLine() {
        hello();
        append(1, bigBatch(0));
        PublishSession leaving = new PublishSession(context(), new RecordingOutlet());
        leaving.onRequest(helloRequest());
        leaving.onRequest(appendRequest(1, "t", bigBatch(0)));

        leaving.onClosed();
        targets.next().stored(0, 1, 1);

        assertThat(budget.used()).isZero();
        assertThat(targets.waiting).isEmpty();
    }

    @Test
    void shouldAnswerWhatIsInFlightBeforeItCloses() {
        hello();
        append(1, batch(0, 1));
        session.onHalfClosed();
        assertThat(outlet.completed).isFalse();

        targets.next().duplicate(-1, 3, 9);

        assertThat(last().getAck().getDuplicate()).isTrue();
        assertThat(last().getAck().getOffsetUnknown()).isTrue();
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldNotReadWhileAnswersPileUp() {
        hello();
        outlet.ready = false;
        int before = outlet.requested;
        append(1, batch(0, 1));
        assertThat(outlet.requested).isEqualTo(before);

        outlet.ready = true;
        session.onReady();
        assertThat(outlet.requested).isEqualTo(before + 1);
    }

    private void hello() {
        session.onRequest(helloRequest());
    }

    private static PublishRequest helloRequest() {
        return PublishRequest.newBuilder()
                .setHello(PublishHello.newBuilder().setProtocolVersion(1))
                .build();
    }

    private void append(long correlationId, ByteString batch) {
        append(correlationId, "t", batch);
    }

    private void append(long correlationId, String topic, ByteString batch) {
        session.onRequest(appendRequest(correlationId, topic, batch));
    }

    private static PublishRequest appendRequest(
            long correlationId, String topic, ByteString batch) {
        return PublishRequest.newBuilder()
                .setAppend(
                        BatchAppend.newBuilder()
                                .setCorrelationId(correlationId)
                                .setTopic(topic)
                                .setBatch(batch))
                .build();
    }

    private static ByteString batch(long sequence, int records) {
        return batchOf(PRODUCER, sequence, records);
    }

    private static ByteString bigBatch(long sequence) {
        return BatchBytes.of(PRODUCER, sequence, new byte[900]);
    }

    private static ByteString batchOf(long producer, long sequence, int records) {
        byte[][] values = new byte[records][];
        for (int i = 0; i < records; i++) {
            values[i] = ("v" + i).getBytes(StandardCharsets.UTF_8);
        }
        return BatchBytes.of(producer, sequence, values);
    }

    private PublishResponse last() {
        return outlet.sent.get(outlet.sent.size() - 1);
    }

    private ErrorReason refusal(long correlationId) {
        return outlet.sent.stream()
                .filter(r -> r.hasRefusal() && r.getRefusal().getCorrelationId() == correlationId)
                .map(r -> r.getRefusal().getError().getReason())
                .findFirst()
                .orElse(null);
    }

    /** Encoded batches. */
    static final class BatchBytes {

        static ByteString of(long producer, long sequence, byte[]... values) {
            RecordBatchBuilder builder = new RecordBatchBuilder();
            for (byte[] value : values) {
                builder.append(new Record(1_000, null, value));
            }
            return ByteString.copyFrom(
                    builder.build(Compression.NONE).stamp(producer, 0, sequence));
        }
    }

    private static final class RecordingOutlet implements PublishOutlet {

        final List<PublishResponse> sent = new CopyOnWriteArrayList<>();
        MillraceException failure;
        boolean completed;
        boolean ready = true;
        boolean broken;
        int requested;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(PublishResponse response) {
            if (broken) {
                throw new IllegalStateException("the call is closed");
            }
            sent.add(response);
        }

        @Override
        public void requestNext() {
            requested++;
        }

        @Override
        public void complete() {
            completed = true;
        }

        @Override
        public void fail(MillraceException reason) {
            failure = reason;
        }
    }

    private static final class FakeTargets implements AppendTargets, AppendTarget {

        static final long TOPIC_ID = 9;

        final Deque<AppendCallback> waiting = new ArrayDeque<>();
        int maxBatchBytes = 1 << 20;
        long term = 3;

        AppendCallback next() {
            return waiting.remove();
        }

        @Override
        public AppendTarget target(String topic, long topicId, int partition) {
            if (topic.equals("bug")) {
                throw new IllegalStateException("a bug");
            }
            if (topicId != 0 && topicId != TOPIC_ID) {
                throw MillraceException.of(ErrorCode.TOPIC_RECREATED, "another topic");
            }
            if (topic.startsWith("missing")) {
                throw MillraceException.of(ErrorCode.UNKNOWN_TOPIC, "no topic missing");
            }
            return this;
        }

        @Override
        public int maxBatchBytes() {
            return maxBatchBytes;
        }

        @Override
        public long leadingTerm() {
            return term;
        }

        @Override
        public String leaderAddress() {
            return "";
        }

        @Override
        public void append(
                long expectedTerm, ByteBuffer batch, long deadlineNanos, AppendCallback callback) {
            assertThat(expectedTerm).isEqualTo(term);
            waiting.add(callback);
        }
    }
}
