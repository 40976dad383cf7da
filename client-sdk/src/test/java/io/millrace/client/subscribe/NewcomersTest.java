package io.millrace.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(15);
    private static final Set<String> TWO = Set.of("a", "b");
    private static final Set<String> THREE = Set.of("a", "b", "c");

    private final List<SubscribeStream> streams = new ArrayList<>();
    private Set<String> available = TWO;

    @Test
    void shouldChooseNothingAnewWhileNobodyComes() {
        stream("a", TWO);
        Newcomers newcomers = newcomers(1);
        for (int look = 0; look < 10; look++) {
            assertThat(look(newcomers)).isEmpty();
        }
        available = Set.of("a");
        assertThat(look(newcomers)).isEmpty();
        available = TWO;
        assertThat(look(newcomers)).isEmpty();
        assertThat(look(newcomers)).isEmpty();
    }

    @Test
    void shouldWaitUntilTwoLooksInARowHaveFoundANewcomer() {
        SubscribeStream stream = stream("a", TWO);
        Newcomers newcomers = newcomers(1);
        available = THREE;
        assertThat(look(newcomers)).isEmpty();
        available = TWO;
        assertThat(look(newcomers)).isEmpty();
        available = THREE;
        assertThat(look(newcomers)).isEmpty();
        assertThat(look(newcomers)).contains(stream);
    }

    @Test
    void shouldWaitForAConnection() {
        stream("a", TWO);
        available = THREE;
        Newcomers newcomers = newcomers(1);
        assertThat(newcomers.candidates(streams)).containsExactly("c");
        assertThat(newcomers.look(streams, Set.of("c"))).isEmpty();
        assertThat(newcomers.look(streams, Set.of())).isEmpty();
        assertThat(newcomers.look(streams, Set.of("c"))).isEmpty();
        assertThat(newcomers.look(streams, Set.of("c"))).isPresent();
    }

    @Test
    void shouldLeaveAloneWhatHasNotStarted() {
        streams.add(new SubscribeStream("a", List.of(), null, null, null));
        available = THREE;
        Newcomers newcomers = newcomers(1);
        assertThat(newcomers.candidates(streams)).isEmpty();
        assertThat(look(newcomers)).isEmpty();
        assertThat(look(newcomers)).isEmpty();
    }

    /** Hours of virtual time: a broker comes and goes, whatever the seed. */
    @Test
    void shouldTouchEachStreamOncePerReturnAndOneAtATime() {
        for (int seed = 0; seed < 50; seed++) {
            streams.clear();
            for (int i = 0; i < 5; i++) {
                stream(i % 2 == 0 ? "a" : "b", TWO);
            }
            available = TWO;
            Newcomers newcomers = newcomers(seed);
            Random random = new Random(seed);
            int returns = 0;
            int chosenAnew = 0;
            long now = 0;
            long lastChosen = Long.MIN_VALUE / 2;
            while (now < TimeUnit.HOURS.toNanos(2)) {
                long wait = newcomers.nextLookNanos();
                assertThat(wait).isBetween(INTERVAL / 2, INTERVAL * 3 / 2);
                now += wait;
                if (random.nextInt(20) == 0) {
                    boolean comes = available.equals(TWO);
                    available = comes ? THREE : TWO;
                    returns += comes ? 1 : 0;
                    if (!comes) {
                        // Streams that were at the broker that is gone are chosen without it.
                        streams.forEach(it -> it.chosenFrom(TWO));
                    }
                }
                Optional<SubscribeStream> due = look(newcomers);
                if (due.isPresent()) {
                    due.get().chosenFrom(available);
                    chosenAnew++;
                    assertThat(now - lastChosen).as("seed %d", seed).isGreaterThan(INTERVAL / 2);
                    lastChosen = now;
                }
            }
            assertThat(returns).as("seed %d", seed).isPositive();
            assertThat(chosenAnew)
                    .as("seed %d", seed)
                    .isPositive()
                    .isLessThanOrEqualTo(5 * returns);
        }
    }

    @Test
    void shouldNotLetSubscribersComeAtOnce() {
        Set<Long> seconds = new HashSet<>();
        for (int seed = 0; seed < 1_000; seed++) {
            seconds.add(TimeUnit.NANOSECONDS.toSeconds(newcomers(seed).nextLookNanos()));
        }
        assertThat(seconds).hasSizeGreaterThanOrEqualTo(15);
    }

    private Optional<SubscribeStream> look(Newcomers newcomers) {
        return newcomers.look(streams, newcomers.candidates(streams));
    }

    private Newcomers newcomers(int seed) {
        return new Newcomers(INTERVAL, new Random(seed), stream -> available);
    }

    private SubscribeStream stream(String address, Set<String> chosenFrom) {
        SubscribeStream stream = new SubscribeStream(address, List.of(), null, null, null);
        stream.chosenFrom(chosenFrom);
        stream.started(1);
        streams.add(stream);
        return stream;
    }
}
