package io.millrace.broker.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PullThrottleTest {

    private final AtomicLong clock = new AtomicLong(-5_000);

    @Test
    void shouldKeepToTheRateOverTime() {
        PullThrottle throttle = new PullThrottle(10_000_000, clock::get);
        long taken = 0;
        long begun = clock.get();
        while (clock.get() - begun < TimeUnit.SECONDS.toNanos(20)) {
            if (throttle.waitNanos() == 0) {
                throttle.took(1_000_000);
                taken += 1_000_000;
            } else {
                clock.addAndGet(throttle.waitNanos());
            }
        }
        assertThat(taken).isBetween(200_000_000L, 204_000_000L);
    }

    @Test
    void shouldTakeAnotherRateWhileItRuns() {
        AtomicLong rate = new AtomicLong(1_000);
        PullThrottle throttle = new PullThrottle(rate::get, clock::get);
        throttle.took(1_250);
        assertThat(throttle.waitNanos()).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));

        rate.set(1_000_000);
        assertThat(throttle.waitNanos()).isLessThan(TimeUnit.MILLISECONDS.toNanos(2));
    }

    @Test
    void shouldNotSaveUpForLaterWhatIsNotUsed() {
        PullThrottle throttle = new PullThrottle(1_000, clock::get);
        clock.addAndGet(TimeUnit.HOURS.toNanos(1));
        throttle.took(250);

        assertThat(throttle.waitNanos()).isPositive();
    }

    @Test
    void shouldPayForAChunkThatIsLargerThanTheBucket() {
        PullThrottle throttle = new PullThrottle(1_000, clock::get);
        throttle.took(10_250);

        assertThat(throttle.waitNanos())
                .isBetween(TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(11));
        assertThatThrownBy(() -> new PullThrottle(0, clock::get))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
