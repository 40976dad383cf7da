package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.AssignedPartition;
import io.millrace.v1.DeliveryName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LeaseRenewalTest {
    private static final int LEASE_MS = 3_000;

    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final List<Long> renewed = new ArrayList<>();
    private long nowNanos = Long.MAX_VALUE - 1;
    private final LeaseRenewal renewal =
            new LeaseRenewal(
                    (nanos, task) -> timers.add(task), () -> nowNanos, Duration.ofSeconds(10));

    @Test
    void shouldHoldNothingOfWhatIsDone() {
        for (int i = 0; i < 1_000; i++) {
            LeasedDelivery delivery = delivery(i);
            renewal.begin(delivery);
            renewal.end(delivery);
        }
        assertThat(timers).hasSize(1);
        pass(100);
        assertThat(timers).as("nothing is in work").isEmpty();
    }

    @Test
    void shouldRenewAtEachThirdOfALeaseUntilTheBoundOrTheEnd() {
        LeasedDelivery quick = delivery(1);
        LeasedDelivery endless = delivery(2);
        renewal.begin(quick);
        renewal.begin(endless);
        pass(900);
        assertThat(renewed).isEmpty();
        pass(100);
        assertThat(renewed).containsExactlyInAnyOrder(1L, 2L);
        renewal.end(quick);
        pass(20_000);
        assertThat(renewed).filteredOn(offset -> offset == 1).hasSize(1);
        assertThat(renewed).as("10 s, each second").filteredOn(offset -> offset == 2).hasSize(9);
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i += 100) {
            nowNanos += Duration.ofMillis(100).toNanos();
            List<Runnable> due = List.copyOf(timers);
            timers.clear();
            due.forEach(Runnable::run);
        }
    }

    private LeasedDelivery delivery(long offset) {
        return new LeasedDelivery(
                word -> renewed.add(word.name().getOffset()),
                new QueueSource(1, AssignedPartition.newBuilder().setTopic("t").build(), false),
                DeliveryName.newBuilder().setOffset(offset).build(),
                1,
                LEASE_MS,
                0);
    }
}
