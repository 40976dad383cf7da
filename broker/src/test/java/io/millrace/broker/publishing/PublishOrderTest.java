package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PublishRequest;
import org.junit.jupiter.api.Test;

/** The order of answers, and what bounds a stream. */
final class PublishOrderTest extends PublishFixture {

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
    void shouldTakeNoNewBatchOnceItHasSaidGoodbye() {
        hello();
        append(1, batch(0, 1));
        session.goAway(MillraceException.of(ErrorCode.NOT_READY, "stopping"), 60_000);
        assertThat(last().getGoAway().getGraceMs()).isEqualTo(60_000);

        append(2, batch(1, 1));
        answerAll(1);

        assertThat(answered()).containsExactly(1L, 2L);
        assertThat(refusal(2)).isEqualTo(ErrorReason.NOT_READY);

        // What is still on the wire is answered too, as long as the publisher has not closed.
        assertThat(outlet.completed).isFalse();
        append(3, batch(2, 1));
        assertThat(refusal(3)).isEqualTo(ErrorReason.NOT_READY);
        session.onHalfClosed();
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldCloseAtTheEndOfTheGraceWhenThePublisherDoesNot() {
        hello();
        session.goAway(MillraceException.of(ErrorCode.NOT_READY, "stopping"), 1);

        await().until(() -> outlet.completed);
    }

    @Test
    void shouldBreakOffWithAReasonWhenTheBrokerTripsOverABug() {
        hello();
        append(1, "bug", batch(0, 1));

        assertThat(outlet.failure.code()).isEqualTo(ErrorCode.INTERNAL);
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
}
