package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Outcome;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class PublishSessionTest extends PublishFixture {

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
    void shouldTellAPublisherThatNoProducerIdCanBeHadNow() {
        nextId = new CompletableFuture<>();
        hello();
        assertThat(outlet.failure).isNull();
        nextId.completeExceptionally(
                MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no controller"));

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(outlet.failure.retry()).isEqualTo(Retry.REFRESH);
    }

    @Test
    void shouldNotWelcomeWhoeverLeftWhileTheIdWasAwaited() {
        nextId = new CompletableFuture<>();
        hello();
        session.onClosed();
        nextId.complete(PRODUCER);

        assertThat(outlet.sent).isEmpty();
    }

    @Test
    void shouldBreakOffWhenTheWelcomeCannotBeSent() {
        outlet.broken = true;
        hello();

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.INTERNAL);
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
    void shouldRefuseAProducerIdThatNobodyWasGiven() {
        session.onRequest(
                PublishRequest.newBuilder()
                        .setHello(
                                PublishHello.newBuilder()
                                        .setProtocolVersion(1)
                                        .setProducerId(PRODUCER + 1))
                        .build());

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(outlet.failure).hasMessageContaining("never given out");
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
}
