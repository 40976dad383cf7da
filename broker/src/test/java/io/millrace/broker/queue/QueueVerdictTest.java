package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueVerdict.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each verdict in the situation that it is for. */
final class QueueVerdictTest {

    private final LedQueue queue = new LedQueue();

    @Test
    void shouldTellThatEverythingIsDone() {
        queue.lead().append(0);
        assertVerdict(Kind.NO_MEMBER, "nobody receives");
        queue.member("a", 1);
        assertVerdict(Kind.MOVING, "0 in delivery");
        List<RecordDelivery> deliveries = queue.turn();
        assertVerdict(Kind.MOVING, "1 in delivery");
        queue.ack(deliveries.get(0));
        queue.settle();
        assertVerdict(Kind.CAUGHT_UP, "below 1 are done");
    }

    @Test
    void shouldTellWhoTakesNothingForAWhile() {
        queue.lead().append(0, 0, 0).member("a", 1);
        queue.turn();
        queue.pass(1_000);
        queue.pass(4_999);
        assertVerdict(Kind.MOVING, "1 in delivery");
        queue.pass(1);
        assertVerdict(Kind.OUT_OF_CREDIT, "none of the 1 members", "for 5 s", "1 in delivery");
        queue.member("a", 1);
        queue.turn();
        queue.pass(1_000);
        assertVerdict(Kind.MOVING, "2 in delivery");
        queue.pass(7_000);
        assertVerdict(Kind.OUT_OF_CREDIT, "for 7 s");
        queue.member("b", 1);
        assertVerdict(Kind.MOVING);
        queue.dispatcher.leave("a", false);
        queue.dispatcher.leave("b", false);
        queue.pass(1_000);
        assertVerdict(Kind.NO_MEMBER);
    }

    @Test
    void shouldNameTheRecordThatRunsOutOfTime() {
        queue.lead().append(0, 0).member("a", 10);
        for (int i = 0; i < 3; i++) {
            assertVerdict(Kind.MOVING);
            queue.turn();
            queue.pass(30_000);
        }
        assertVerdict(Kind.LEASE_EXPIRED, "record 1 ", "3 times", "member a");
    }

    @Test
    void shouldNameWhatCannotBeCopied() {
        queue.lead().append(5, 6).member("a", 10);
        queue.say(queue.turn().get(0), new DeliveryFate.Reject("bad"));
        queue.dispatcher.giveUps(1);
        queue.dispatcher.copyFailed(0, queue.nowMs + 60_000, "it is too large");
        assertVerdict(Kind.NOT_COPIED, "1 records", "record 0: it is too large");
    }

    @Test
    void shouldTellWhatStopsTheWindow() {
        queue.settings(2, 10, 100).lead().append(5, 5, 5).member("a", 10).turn();
        assertVerdict(Kind.NOT_COMMITTING, "record 0 is not done", "from 2 on", "1 behind 1 keys");
    }

    @Test
    void shouldTellWhoHoldsItBack() {
        queue.lead().append(0).member("a", 10);
        queue.dispatcher.crowded(true);
        assertVerdict(Kind.THROTTLED, "one record at a time");
        queue.dispatcher.pause();
        assertVerdict(Kind.PAUSED, "the group is paused");
    }

    @Test
    void shouldTellThatItStoppedItself() {
        queue.settings(100, 1, 0).lead().append(0, 0).member("a", 10);
        queue.nack(queue.turn().get(0), 0);
        queue.settle();
        assertVerdict(Kind.PAUSED, "too many of the last 100", "1 are held back");
    }

    private void assertVerdict(Kind kind, String... evidence) {
        QueueVerdict verdict =
                QueueVerdict.of(queue.dispatcher.statistics(), queue.log.size(), queue.nowMs);
        assertThat(verdict.kind()).as(verdict.evidence()).isEqualTo(kind);
        for (String part : evidence) {
            assertThat(verdict.evidence()).contains(part);
        }
    }
}
