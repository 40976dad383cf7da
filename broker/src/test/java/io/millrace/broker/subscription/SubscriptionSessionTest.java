package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SubscriptionSessionTest extends SubscriptionFixture {

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
    void shouldSendAllThatItHasReadAndReadNoMoreWhileTheConnectionIsFull() throws IOException {
        start(earliest(), credit(100, 100_000));
        outlet.ready = false;
        for (int i = 0; i < 5; i++) {
            append(log, 1, LIMITS.readBytes() / 2);
        }
        outlet.narrow = true;

        outlet.ready = true;
        session.onReady();
        assertThat(outlet.baseOffsets()).containsExactly(0L, 1L);

        outlet.ready = true;
        session.onReady();
        assertThat(outlet.baseOffsets()).containsExactly(0L, 1L, 2L, 3L);
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
    void shouldServeWhatIsBelowTheLocalEndWithoutTheLeadersWord() throws IOException {
        append(log, 2);
        append(log, 2);
        barrier = new CompletableFuture<>();
        start(position(p -> p.setOffset(2)), credit(100, 10_000));

        assertThat(outlet.baseOffsets()).containsExactly(2L);
        assertThat(barriersAsked).isZero();
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
    void shouldTakeSeeksAndPausesWhileItWaitsToStart() throws IOException {
        leads = false;
        append(log, 12);
        start(position(p -> p.setOffset(15)), credit(100, 10_000));
        assertThat(outlet.sent).isEmpty();

        request(SubscribeRequest.newBuilder().setSetPaused(pause(true)).build());
        seek(1, earliest());
        assertThat(outlet.sent).hasSize(1);
        assertThat(outlet.last().getStarted().getPositions(0).getIncarnation()).isEqualTo(1);
        assertThat(outlet.last().getStarted().getPositions(0).getNextOffset()).isZero();

        request(SubscribeRequest.newBuilder().setSetPaused(pause(false)).build());
        assertThat(outlet.baseOffsets()).containsExactly(0L);
        assertThat(outlet.batches().get(0).getIncarnation()).isEqualTo(1);
    }

    @Test
    void shouldRefuseASeekBeforeTheStart() {
        seek(1, earliest());
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.completed).isTrue();
    }

    @Test
    void shouldSayWhereASeekHasLedOnlyOnceItIsThere() throws IOException {
        append(log, 3);
        start(earliest(), credit(100, 10_000));
        barrier = new CompletableFuture<>();
        seek(1, position(p -> p.setLatest(true)));
        session.onHeartbeatTick();
        assertThat(lastPosition().getIncarnation()).isZero();

        barrier.complete(null);
        session.onHeartbeatTick();
        assertThat(lastPosition().getIncarnation()).isEqualTo(1);
        assertThat(lastPosition().getNextOffset()).isEqualTo(3);
    }

    private PartitionPosition lastPosition() {
        return outlet.last().getHeartbeat().getPositions(0);
    }

    private static SetPaused pause(boolean paused) {
        return SetPaused.newBuilder().setHandle(1).setPaused(paused).build();
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
    void shouldAskAShardForItsBarrierOnceHoweverManyPartitionsItHas() {
        request(
                SubscribeRequest.newBuilder()
                        .setStart(
                                SubscribeStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .addPartitions(part(1, 0, position(p -> p.setLatest(true))))
                                        .addPartitions(
                                                part(2, 1, position(p -> p.setLatest(true)))))
                        .build());

        assertThat(barriersAsked).isEqualTo(1);
        assertThat(outlet.last().hasStarted()).isTrue();
    }
}
