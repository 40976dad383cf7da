package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RevocationClockTest {

    private static final long SECOND = 1_000_000_000;

    private final GroupFixture group = GroupFixture.stream("revocation.timeout.ms", "5s");
    private final TickedTime time = new TickedTime(SECOND, 0);
    private long now;

    @Test
    void shouldNameWhatTakesTooLong() {
        group.topics(GroupTopic.of(1, "orders", 2));
        MemberStay a = group.join("a");
        RevocationClock clock = new RevocationClock(time, group.state());
        pass(9);
        group.join("b");
        clock.keep(group.state());
        AssignedPartition moving = group.state().assignment("a").revoked().get(0);
        assertThat(clock.remainingMs(moving)).isEqualTo(5_000);

        pass(4);
        clock.keep(group.state());
        assertThat(clock.overdue()).isEmpty();
        assertThat(clock.remainingMs(moving)).isEqualTo(1_000);
        assertThat(clock.waitingMs(moving)).isEqualTo(4_000);
        pass(1);
        assertThat(clock.overdue()).containsExactly(moving);
        assertThat(clock.overdue()).as("until it is applied").containsExactly(moving);

        group.release(a, moving.partition());
        clock.keep(group.state());
        assertThat(clock.overdue()).isEmpty();
        assertThat(clock.waitingMs(moving)).isZero();
    }

    @Test
    void shouldGiveTheWholeTimeAfterAChangeOfLeaders() {
        group.topics(GroupTopic.of(1, "orders", 4));
        group.join("a");
        group.join("b");
        RevocationClock former = new RevocationClock(time, group.state());
        pass(5);
        assertThat(former.overdue()).hasSize(2).isSortedAccordingTo(byPartition());

        assertThat(new RevocationClock(time, group.state()).overdue()).isEmpty();
    }

    private static java.util.Comparator<AssignedPartition> byPartition() {
        return java.util.Comparator.comparing(AssignedPartition::partition);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.tick(now += SECOND);
        }
    }
}
