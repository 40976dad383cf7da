package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class GatheredTest {

    private static final Duration GAP = Duration.ofMillis(20);

    private long now = Long.MAX_VALUE - 5;
    private final List<Duration> waits = new ArrayList<>();
    private final Queue<Runnable> scheduled = new ArrayDeque<>();
    private Runnable task = () -> {};
    private int runs;
    private final Gathered gathered =
            new Gathered(
                    "the task",
                    () -> {
                        runs++;
                        task.run();
                    },
                    GAP,
                    (wait, run) -> {
                        waits.add(wait);
                        scheduled.add(run);
                    },
                    () -> now);

    @Test
    void shouldRunOnceForManyCalls() {
        gathered.run();
        gathered.run();
        assertThat(waits).containsExactly(Duration.ZERO);
        assertThat(runs).as("by the thread that asks").isZero();

        scheduled.remove().run();
        assertThat(runs).isEqualTo(1);
        assertThat(scheduled).isEmpty();
    }

    @Test
    void shouldKeepTheGapButNotMakeALateOneWait() {
        gathered.run();
        scheduled.remove().run();
        now += Duration.ofMillis(15).toNanos();
        gathered.run();
        assertThat(waits).last().isEqualTo(Duration.ofMillis(5));

        now += Duration.ofMillis(5).toNanos();
        scheduled.remove().run();
        now += GAP.toNanos() * 9;
        gathered.run();
        assertThat(waits).last().isEqualTo(Duration.ZERO);
    }

    @Test
    void shouldRunAgainForWhatIsAskedWhileItRuns() {
        task =
                () -> {
                    task = () -> {};
                    gathered.run();
                };
        gathered.run();
        scheduled.remove().run();
        assertThat(waits).containsExactly(Duration.ZERO, GAP);

        scheduled.remove().run();
        assertThat(runs).isEqualTo(2);
    }

    @Test
    void shouldGoOnAfterAFailure() {
        task =
                () -> {
                    throw new IllegalStateException("for the test");
                };
        gathered.run();
        scheduled.remove().run();
        gathered.run();
        scheduled.remove().run();
        assertThat(runs).isEqualTo(2);
    }
}
