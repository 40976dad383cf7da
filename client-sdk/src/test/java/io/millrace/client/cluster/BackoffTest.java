package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void shouldDoubleUpToTheLimitWithJitterAndStartAgain() {
        Backoff backoff =
                new Backoff(Duration.ofNanos(100), Duration.ofNanos(1_000), new Random(1));
        long[] steps = {100, 200, 400, 800, 1_000, 1_000, 1_000};
        for (long step : steps) {
            assertThat(backoff.next()).isBetween(step / 2, step);
        }
        backoff.reset();
        assertThat(backoff.next()).isBetween(50L, 100L);
    }
}
