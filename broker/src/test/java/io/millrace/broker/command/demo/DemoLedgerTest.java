package io.millrace.broker.command.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class DemoLedgerTest {

    private static final int EVENTS = 4;

    private long now;
    private final DemoLedger ledger = new DemoLedger(EVENTS, () -> now);

    @Test
    void shouldBeGoodWhenEverythingCameBackOnceInOrder() {
        sendAndAcknowledge(EVENTS);
        deliver(0, "a");
        deliver(1, "b");
        assertThat(ledger.complete()).isFalse();
        deliver(3, "b");
        deliver(2, "a");

        assertThat(ledger.complete()).isTrue();
        assertThat(summary().good()).isTrue();
        assertThat(summary().text()).contains("once, in order").doesNotContain("BROKEN");
    }

    @Test
    void shouldBeBrokenByALostEvent() {
        sendAndAcknowledge(EVENTS);
        deliver(0, "a");
        deliver(1, "a");
        deliver(3, "a");

        assertThat(summary().lost()).isEqualTo(1);
        assertBroken();
    }

    @Test
    void shouldBeBrokenByADoubledEvent() {
        sendAndAcknowledge(EVENTS);
        for (int number = 0; number < EVENTS; number++) {
            deliver(number, "a");
        }
        ledger.delivered(new DemoLedger.Delivery("m", 0, EVENTS, EVENTS - 1, "a", true));

        assertThat(summary().doubled()).isEqualTo(1);
        assertThat(summary().delivered()).isEqualTo(EVENTS);
        assertThat(ledger.recordsSeen()).isEqualTo(EVENTS + 1);
        assertBroken();
    }

    @Test
    void shouldBeGoodWhenARecordIsDeliveredAgain() {
        sendAndAcknowledge(EVENTS);
        for (int number = 0; number < EVENTS; number++) {
            deliver(number, "a");
        }
        deliver(EVENTS - 1, "a");

        assertThat(ledger.recordsSeen()).isEqualTo(EVENTS);
        assertThat(summary().again()).isEqualTo(1);
        assertThat(summary().good()).isTrue();
        assertThat(summary().text()).contains("1 twice").doesNotContain("BROKEN");
    }

    @Test
    void shouldMeasureUntilAllPartitionsOfTheDeadAreGoneOnWith() {
        sendAndAcknowledge(EVENTS);
        now = TimeUnit.SECONDS.toNanos(10);
        ledger.died("m", Set.of(0, 1), 2);
        now = TimeUnit.SECONDS.toNanos(11);
        // What it had printed before it died is read now.
        deliver(0, "a");
        ledger.delivered(new DemoLedger.Delivery("other", 2, 0, 1, "b", true));
        assertThat(summary().takenOver()).isZero();
        ledger.delivered(new DemoLedger.Delivery("other", 0, 0, 0, "a", true));
        assertThat(ledger.isTakenOver()).isFalse();
        now = TimeUnit.SECONDS.toNanos(13);
        ledger.delivered(new DemoLedger.Delivery("other", 1, 7, 2, "c", true));
        now = TimeUnit.SECONDS.toNanos(20);
        ledger.delivered(new DemoLedger.Delivery("other", 1, 8, 3, "c", true));

        assertThat(ledger.isTakenOver()).isTrue();
        assertThat(summary().takenOver()).isEqualTo(2);
        assertThat(summary().handOverSeconds()).isEqualTo(3);
        assertThat(summary().again()).isEqualTo(1);
        assertThat(summary().text()).contains("2 of 4 partitions, handed over in 3.0 s");
        assertThat(summary().text().lines()).as("80 columns").allMatch(it -> it.length() <= 80);
        assertThat(summary().good()).isTrue();
    }

    @Test
    void shouldBeBrokenByTwoEventsOfAKeyInTheWrongOrder() {
        sendAndAcknowledge(EVENTS);
        deliver(0, "a");
        deliver(2, "a");
        deliver(1, "a");
        deliver(3, "a");

        assertThat(summary().outOfOrder()).isEqualTo(1);
        assertBroken();
    }

    @Test
    void shouldBeBrokenByAnEventThatCameBackChanged() {
        sendAndAcknowledge(EVENTS);
        for (int number = 0; number < EVENTS; number++) {
            ledger.delivered(new DemoLedger.Delivery("m", 0, number, number, "a", number != 2));
        }

        assertThat(summary().changed()).isEqualTo(1);
        assertBroken();
    }

    @Test
    void shouldNotBeGoodWhenEventsWereRefusedNeverAnsweredOrNeverSent() {
        sendAndAcknowledge(2);
        ledger.sent();
        ledger.answered(2, false);
        deliver(0, "a");
        deliver(1, "a");
        assertThat(summary().good()).isFalse();

        ledger.sent();
        assertThat(ledger.complete()).isFalse();
        assertThat(summary().unacknowledged()).isEqualTo(2);
        assertThat(summary().published()).isEqualTo(2);
        assertThat(summary().lost()).isZero();
    }

    @Test
    void shouldSayHowManySendsWereInFlightWhenTheBrokerWasKilled() {
        ledger.sent();
        ledger.sent();
        assertThat(ledger.killed()).isEqualTo(2);
        ledger.answered(0, true);
        ledger.answered(1, true);
        assertThat(ledger.killed()).isZero();

        JsonNode json = new ObjectMapper().valueToTree(summary());
        assertThat(json.get("kills").asInt()).isEqualTo(2);
        assertThat(json.get("in_flight_at_kills").asInt()).isEqualTo(2);
    }

    private void sendAndAcknowledge(int count) {
        for (int number = 0; number < count; number++) {
            ledger.sent();
            ledger.answered(number, true);
        }
    }

    private void deliver(int number, String key) {
        ledger.delivered(new DemoLedger.Delivery("m", 0, number, number, key, true));
    }

    private DemoSummary summary() {
        return ledger.summary(1);
    }

    private void assertBroken() {
        assertThat(summary().good()).isFalse();
        assertThat(summary().text()).contains("BROKEN");
    }
}
