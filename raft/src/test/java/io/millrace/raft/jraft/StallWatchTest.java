package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.jraft.StallWatch.Change;
import org.junit.jupiter.api.Test;

final class StallWatchTest {

    private final StallWatch watch = new StallWatch(100, 1_000);

    @Test
    void shouldBearForcesThatAreMerelySlow() {
        for (long nanos : new long[] {0, 99, 0, 50, 99}) {
            assertThat(watch.look(nanos)).isEqualTo(Change.NONE);
        }
    }

    @Test
    void shouldTellOnceThatTheDiskHangsAndOnceThatItWorks() {
        assertThat(watch.look(100)).isEqualTo(Change.STALLED);
        assertThat(watch.look(500)).isEqualTo(Change.NONE);
        assertThat(watch.look(0)).isEqualTo(Change.RECOVERED);
        assertThat(watch.look(0)).isEqualTo(Change.NONE);
        assertThat(watch.look(101)).isEqualTo(Change.STALLED);
    }

    @Test
    void shouldTellOnceThatTheDiskIsDead() {
        assertThat(watch.look(500)).isEqualTo(Change.STALLED);
        assertThat(watch.look(1_000)).isEqualTo(Change.DEAD);
        assertThat(watch.look(2_000)).isEqualTo(Change.NONE);
        assertThat(watch.look(0)).as("nobody is there any more").isEqualTo(Change.NONE);
    }
}
