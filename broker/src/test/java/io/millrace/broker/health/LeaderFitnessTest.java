package io.millrace.broker.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LeaderFitnessTest {

    private boolean full;
    private long stalled;
    private boolean drained;
    private final LeaderFitness fitness =
            new LeaderFitness(() -> full, () -> stalled, Duration.ofSeconds(1), () -> drained);

    @Test
    void shouldNameAllThatSpeaksAgainstLeading() {
        assertThat(fitness.isFit()).isTrue();

        full = true;
        stalled = Duration.ofMillis(1_500).toNanos();
        drained = true;
        assertThat(fitness.reasonsAgainst())
                .containsExactly(
                        "its disk is full",
                        "its write-ahead log has waited for the disk for 1500 ms",
                        "it is drained");
    }

    @Test
    void shouldNotGiveLeadershipsAwayForAForceThatIsMerelySlow() {
        stalled = Duration.ofMillis(900).toNanos();
        assertThat(fitness.isFit()).isTrue();
    }
}
