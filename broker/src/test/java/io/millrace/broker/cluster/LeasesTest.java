package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LeasesTest {

    private static final long TERM = TimeUnit.SECONDS.toNanos(10);
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final Leases leases = new Leases(TERM, PERIOD);
    private long now = 1_000;

    @Test
    void shouldRunOutWithoutRenewal() {
        leases.begin(Set.of(1, 2), now);
        pass(99);
        leases.renew(1);
        pass(1);

        assertThat(leases.alive()).containsExactly(1);
        assertThat(leases.isAlive(2)).isFalse();
        pass(30);
        assertThat(leases.deadNanos(2)).isEqualTo(30 * TICK);
        assertThat(leases.deadNanos(1)).isZero();
        leases.renew(2);
        assertThat(leases.isAlive(2)).isTrue();
    }

    /** L7: a leader that was paused must not take everybody for dead. */
    @Test
    void shouldNotExpireEverybodyAfterAPauseOfTheLeader() {
        leases.begin(Set.of(1, 2, 3), now);
        pass(50);
        now += TimeUnit.MINUTES.toNanos(15);
        pass(1);

        assertThat(leases.alive()).containsExactly(1, 2, 3);
        pass(45);
        assertThat(leases.alive()).containsExactly(1, 2, 3);
        pass(5);
        assertThat(leases.alive()).as("those that stay silent").isEmpty();
    }

    @Test
    void shouldNotBeMisledByAClockThatGoesBack() {
        leases.begin(Set.of(1), now);
        now -= TimeUnit.HOURS.toNanos(1);
        leases.tick(now);
        pass(99);

        assertThat(leases.isAlive(1)).isTrue();
    }

    @Test
    void shouldGiveAllAFullTermUnderANewLeader() {
        leases.begin(Set.of(1, 2), now);
        pass(500);
        assertThat(leases.alive()).isEmpty();
        leases.begin(Set.of(1, 2), now);

        assertThat(leases.alive()).containsExactly(1, 2);
        pass(99);
        assertThat(leases.alive()).containsExactly(1, 2);
        assertThat(leases.deadNanos(1)).isZero();
    }

    @Test
    void shouldFollowWhoIsThere() {
        leases.begin(Set.of(1, 2), now);
        pass(90);
        leases.keep(Set.of(2, 3));
        leases.renew(9);
        pass(10);

        assertThat(leases.alive()).containsExactly(3);
        assertThat(leases.isAlive(9)).isFalse();
        assertThat(leases.deadNanos(1)).isZero();
    }

    private void pass(int ticks) {
        for (int i = 0; i < ticks; i++) {
            now += TICK;
            leases.tick(now);
        }
    }
}
