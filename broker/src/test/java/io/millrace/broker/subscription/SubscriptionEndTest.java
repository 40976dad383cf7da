package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.ErrorReason;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What ends a subscription, and what does not. */
final class SubscriptionEndTest extends SubscriptionFixture {

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
    void shouldEndAStreamThatIsNeverStarted() {
        pass(Duration.ofSeconds(30));

        assertThat(outlet.endReason()).isEqualTo(ErrorReason.SUBSCRIPTION_STALLED);
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
}
