package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.ReadConsistency;
import io.millrace.v1.RetryClass;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a replica must have seen before it serves a subscriber, and what it may say about it. */
final class SubscriptionConsistencyTest extends SubscriptionFixture {

    private static final Duration PATIENCE = Duration.ofMillis(5_000);

    @Test
    void shouldWaitAndTellNoGapWhenARestartedReplicasEndLiesBehindWhatItServedBefore()
            throws IOException {
        // S6: after kill -9 it shows its checkpoint until a leader tells it the commit index.
        leads = false;
        append(log, 12);
        start(position(p -> p.setOffset(15)), credit(100, 10_000));
        assertThat(outlet.sent).isEmpty();

        append(log, 3);
        append(log, 1);
        assertThat(outlet.sent.get(0).hasStarted()).isTrue();
        assertThat(outlet.baseOffsets()).containsExactly(15L);
        assertThat(outlet.sent).noneMatch(SubscribeResponse::hasGap);
    }

    @Test
    void shouldSayBehindWithTheLeaderAndNeverOutOfRangeWhenAFollowerDoesNotCatchUp()
            throws IOException {
        leads = false;
        append(log, 12);
        start(position(p -> p.setOffset(15)), credit(100, 10_000));
        pass(PATIENCE.minusMillis(1));
        assertThat(outlet.completed).isFalse();

        pass(Duration.ofMillis(1));
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.BEHIND);
        ErrorDetail error = outlet.last().getEnd().getError();
        assertThat(error.getMetadataMap()).containsEntry("leader", "leader:7400");
        assertThat(error.getRetry()).isEqualTo(RetryClass.RETRY_CLASS_REFRESH);
        assertThat(outlet.last().getEnd().getHandle()).isEqualTo(1);
    }

    @Test
    void shouldNotSayOutOfRangeAsADeposedLeaderThatDoesNotKnowIt() throws IOException {
        append(log, 12);
        barrier = new CompletableFuture<>();
        start(position(p -> p.setOffset(15)), credit(100, 10_000));
        assertThat(barriersAsked).isEqualTo(1);
        assertThat(outlet.sent).isEmpty();

        leads = false;
        barrier.completeExceptionally(new IllegalStateException("no leader"));
        pass(PATIENCE);
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.BEHIND);
    }

    @Test
    void shouldSayOutOfRangeOnceItLeadsAndTheBarrierHasShownIt() throws IOException {
        leads = false;
        append(log, 12);
        start(position(p -> p.setOffset(15)), credit(100, 10_000));
        leads = true;
        pass(Arrivals.LOOK_AGAIN);

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldAskForTheBarrierAgainAfterAnElectionInsteadOfGivingUp() throws IOException {
        append(log, 2);
        barrier = CompletableFuture.failedFuture(new IllegalStateException("no leader"));
        start(position(p -> p.setLatest(true)), credit(100, 10_000));
        assertThat(barriersAsked).isEqualTo(1);
        assertThat(outlet.completed).isFalse();

        barrier = CompletableFuture.completedFuture(null);
        pass(Arrivals.LOOK_AGAIN);
        assertThat(outlet.last().getStarted().getPositions(0).getNextOffset()).isEqualTo(2);
    }

    @Test
    void shouldSayLeaderUnavailableWhenNobodyConfirmsTheEnd() throws IOException {
        barrier = new CompletableFuture<>();
        start(position(p -> p.setLatest(true)), credit(100, 10_000));
        pass(PATIENCE);

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.LEADER_UNAVAILABLE);
    }

    @Test
    void shouldWaitForTheBarrierWhenLinearizableWhateverThePosition() throws IOException {
        append(log, 2);
        barrier = new CompletableFuture<>();
        start(terms(ReadConsistency.READ_CONSISTENCY_LINEARIZABLE), part(1, 0, earliest()));
        assertThat(outlet.sent).isEmpty();

        append(log, 1);
        barrier.complete(null);
        assertThat(outlet.sent.get(0).getStarted().getPositions(0).getLogEndOffset()).isEqualTo(3);
    }

    @Test
    void shouldTakeTheLocalEndForLatestWhenEventual() throws IOException {
        append(log, 2);
        leads = false;
        barrier = new CompletableFuture<>();
        start(
                terms(ReadConsistency.READ_CONSISTENCY_EVENTUAL),
                part(1, 0, position(p -> p.setLatest(true))));

        assertThat(outlet.last().getStarted().getPositions(0).getNextOffset()).isEqualTo(2);
        assertThat(barriersAsked).isZero();
    }

    @Test
    void shouldServeASessionOnceItsOwnWritesAreThere() throws IOException {
        leads = false;
        append(log, 2);
        PartitionStart.Builder mine = part(1, 0, earliest()).setAtLeastOffset(3);
        start(terms(ReadConsistency.READ_CONSISTENCY_SESSION).setWaitTimeoutMs(200), mine);
        assertThat(outlet.sent).isEmpty();

        append(log, 1);
        assertThat(outlet.baseOffsets()).containsExactly(0L, 2L);
    }

    @Test
    void shouldSendASessionToTheLeaderAfterItsOwnPatience() throws IOException {
        leads = false;
        append(log, 2);
        PartitionStart.Builder mine = part(1, 0, earliest()).setAtLeastOffset(3);
        start(terms(ReadConsistency.READ_CONSISTENCY_SESSION).setWaitTimeoutMs(200), mine);
        pass(Duration.ofMillis(200));

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.BEHIND);
    }

    @Test
    void shouldRefuseAStalenessBoundWhileTheAgeIsUnknown() {
        leads = false;
        staleness = Long.MAX_VALUE;
        start(
                terms(ReadConsistency.READ_CONSISTENCY_EVENTUAL).setMaxStalenessMs(500),
                part(1, 0, earliest()));
        pass(PATIENCE);

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.BEHIND);
        assertThat(outlet.last().getEnd().getError().getMessage()).contains("unknown age");
    }

    @Test
    void shouldEndWithBehindWhenTheReplicaFallsBehindTheBoundLater() {
        leads = false;
        staleness = TimeUnit.MILLISECONDS.toNanos(100);
        start(
                terms(ReadConsistency.READ_CONSISTENCY_EVENTUAL).setMaxStalenessMs(500),
                part(1, 0, earliest()));
        session.onHeartbeatTick();
        assertThat(outlet.last().getHeartbeat().getStalenessMs()).isEqualTo(100);

        staleness = TimeUnit.MILLISECONDS.toNanos(501);
        session.onHeartbeatTick();
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.BEHIND);
    }

    @Test
    void shouldSayNothingOfAnUnknownAgeInHeartbeats() {
        staleness = Long.MAX_VALUE;
        start(earliest(), credit(1, 1));
        session.onHeartbeatTick();

        assertThat(outlet.last().hasHeartbeat()).isTrue();
        assertThat(outlet.last().getHeartbeat().hasStalenessMs()).isFalse();
    }

    @Test
    void shouldHoldDeliveryBackUntilASeekBehindTheEndCanBeServed() throws IOException {
        leads = false;
        append(log, 2);
        start(earliest(), credit(100, 10_000));
        seek(1, position(p -> p.setOffset(4)));
        append(log, 2);
        append(log, 1);

        assertThat(outlet.baseOffsets()).containsExactly(0L, 4L);
        assertThat(outlet.batches().get(1).getIncarnation()).isEqualTo(1);
    }

    @Test
    void shouldSendReadersElsewhereAtOnceWhenTheReplicaLeaves() throws IOException {
        append(log, 1);
        start(earliest(), credit(0, 0));
        here = false;
        session.onReplicaRemoved();

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.NOT_LEADER);
        assertThat(outlet.last().getEnd().getError().getRetry())
                .isEqualTo(RetryClass.RETRY_CLASS_REFRESH);
    }

    @Test
    void shouldSendReadersOfAHoleToAnotherReplica() throws Exception {
        append(log, 1);
        start(earliest(), credit(0, 0));
        PartitionFailure failure =
                assertThrows(
                        PartitionFailure.class,
                        () ->
                                PartitionFailure.guard(
                                        new FollowedPartition(
                                                7, "t", "t/0", resolve("t", 0, 0), null),
                                        () -> {
                                            throw new LogReader.MissingException(
                                                    1, new OffsetRange(0, 5));
                                        }));

        assertThat(failure.handle()).isEqualTo(7);
        assertThat(failure.reason().code().reason()).isEqualTo(ErrorReason.BEHIND);
        assertThat(failure.reason().leader()).contains("another:7400");
    }

    @Test
    void shouldRefuseTermsThatContradictEachOther() {
        start(SubscribeStart.newBuilder().setMaxStalenessMs(5), part(1, 0, earliest()));
        assertThat(outlet.endReason()).isEqualTo(ErrorReason.INVALID_ARGUMENT);
        assertThat(outlet.last().getEnd().getError().getMetadataMap())
                .containsEntry("field", "max_staleness_ms");
    }

    private static SubscribeStart.Builder terms(ReadConsistency consistency) {
        return SubscribeStart.newBuilder().setConsistency(consistency);
    }
}
