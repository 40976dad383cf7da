package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LookoutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Each time it is asked, a second has passed. */
    private final AtomicLong seconds = new AtomicLong();

    private final RunClock clock =
            new RunClock(() -> Duration.ofSeconds(seconds.getAndIncrement()).toNanos());
    private final AtomicInteger looks = new AtomicInteger();
    private final Lookout lookout = new Lookout(clock, what -> {});

    private boolean failsOnceAndComesAt(int look) {
        if (looks.incrementAndGet() == 1) {
            throw new IllegalArgumentException("broker 2 is down");
        }
        return looks.get() == look;
    }

    @Test
    void shouldLookUntilItHasComeWhateverWentWrongBefore() {
        lookout.await("all is well", PATIENCE, () -> failsOnceAndComesAt(3));

        assertThat(looks).hasValue(3);
    }

    @Test
    void shouldSayWhatHasNotComeAndWhyTheLastLookFailed() {
        assertThatThrownBy(
                        () ->
                                lookout.await(
                                        "all is well",
                                        PATIENCE,
                                        () -> {
                                            throw new IllegalArgumentException("broker 2 is down");
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("all is well: not within 3 s")
                .hasRootCauseMessage("broker 2 is down");
    }

    @Test
    void shouldNotBlameAFailureThatIsOver() {
        assertThatThrownBy(
                        () ->
                                lookout.await(
                                        "all is well",
                                        PATIENCE,
                                        () -> failsOnceAndComesAt(Integer.MAX_VALUE)))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause();
    }

    @Test
    void shouldEndAtOnceWhenItIsInVain() {
        Lookout watchful =
                new Lookout(
                        clock,
                        what -> {
                            throw new IllegalStateException("a record failed before " + what);
                        });

        assertThatThrownBy(
                        () ->
                                watchful.await(
                                        "all is well", PATIENCE, () -> looks.incrementAndGet() > 0))
                .hasMessage("a record failed before all is well");
        assertThat(looks).hasValue(0);
    }

    @Test
    void shouldEndWhenItIsInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(
                            () ->
                                    lookout.await(
                                            "all is well",
                                            Duration.ofDays(1),
                                            () -> looks.incrementAndGet() > 2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("interrupted before all is well");
            assertThat(looks).hasValue(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
