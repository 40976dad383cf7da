package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TickedClockTest {

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 70);
    private final Peers peers = new Peers();

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void shouldGoOnByWhatHasPassed() {
        TickedClock clock = new TickedClock(50, time::get);
        long begin = clock.now();
        time.addAndGet(30);
        clock.tick();
        time.addAndGet(50);
        clock.tick();

        assertThat(clock.now() - begin).isEqualTo(80);
    }

    @Test
    void shouldStandStillWhileTheProcessDoes() {
        TickedClock clock = new TickedClock(50, time::get);
        long begin = clock.now();
        for (int i = 0; i < 5; i++) {
            time.addAndGet(450);
            clock.tick();
        }

        assertThat(clock.now() - begin).isEqualTo(250);
    }

    /**
     * Nine tenths of the time it gets no processor: nobody else is to blame that it hears little.
     */
    @Test
    void shouldKeepConnectionsWhileTheProcessIsStarved() throws Exception {
        long begin = System.nanoTime();
        peers.nanoTime = () -> begin + 9 * (System.nanoTime() - begin);
        peers.options = peers.options.withSilence(Duration.ofMillis(800));
        PeerNetwork one = peers.start(1);
        PeerNetwork two = peers.start(2);
        Peers.awaitUp(one, 2);
        Peers.awaitUp(two, 1);

        await().during(Duration.ofMillis(1_500))
                .atMost(20, TimeUnit.SECONDS)
                .until(
                        () ->
                                one.traffic().stream()
                                        .allMatch(t -> t.connected() && t.connects() == 1));
    }
}
