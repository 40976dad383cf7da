package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Node 3, which calls the nodes 1, 2, 4 and 5. */
final class PeerVerdictTest {

    private static final String COPY = "must stop: the directory is an old copy";
    private static final String IN_USE = "node id 3 is in use by another directory";
    private static final Duration LEASE = Duration.ofSeconds(20);

    private final AtomicLong now = new AtomicLong(-5);
    private final List<String> fatal = new ArrayList<>();
    private final Map<Integer, BrokerImage> brokers = new TreeMap<>();
    private final PeerVerdict verdict =
            new PeerVerdict(Greetings.member(3, "c1"), () -> brokers, LEASE, now::get, fatal::add);

    @Test
    void shouldStopACopyAtTheWordOfOneMemberBeforeItIsRegistered() {
        verdict.turnedAway(1, COPY);

        assertThat(fatal).containsExactly("the directory is an old copy");
    }

    /** One peer that is wrong, or is not who it says, must not stop a broker that serves. */
    @Test
    void shouldNotStopARegisteredBrokerAtTheWordOfAMinority() {
        register();
        for (int attempt = 0; attempt < 100; attempt++) {
            verdict.turnedAway(1, COPY);
            verdict.turnedAway(2, COPY);
            verdict.turnedAway(77, COPY);
            pass(1);
        }
        assertThat(fatal).isEmpty();

        verdict.letIn(2);
        verdict.turnedAway(4, COPY);
        assertThat(fatal).as("one of the three has let it in again").isEmpty();

        verdict.turnedAway(2, COPY);
        assertThat(fatal).containsExactly("the directory is an old copy");
    }

    @Test
    void shouldBelieveOnlyAfterAWhileThatItsNodeIdIsTaken() {
        for (int second = 0; second < 40; second++) {
            verdict.turnedAway(1, IN_USE);
            pass(1);
        }
        assertThat(fatal).as("it may be its own former life's connection").isEmpty();

        verdict.turnedAway(1, IN_USE);
        assertThat(fatal).containsExactly(IN_USE);
    }

    @Test
    void shouldCountFromTheRefusalAfterItWasLetIn() {
        verdict.turnedAway(1, IN_USE);
        pass(39);
        verdict.letIn(1);
        verdict.turnedAway(1, IN_USE);
        pass(39);
        verdict.turnedAway(1, IN_USE);
        assertThat(fatal).isEmpty();

        pass(1);
        verdict.turnedAway(1, IN_USE);
        assertThat(fatal).hasSize(1);
    }

    /** A newcomer with its node id may be first at a peer after a short loss of connections. */
    @Test
    void shouldNotYieldItsNodeIdOnceItIsRegistered() {
        register();
        for (int second = 0; second < 200; second++) {
            for (int node : new int[] {1, 2, 4, 5}) {
                verdict.turnedAway(node, IN_USE);
            }
            pass(1);
        }
        assertThat(fatal).isEmpty();
    }

    private void register() {
        for (int node = 1; node <= 5; node++) {
            brokers.put(
                    node,
                    new BrokerImage(
                            node,
                            "c:1",
                            "p:1",
                            "h:1",
                            "0.1.0",
                            "",
                            "directory-" + node,
                            1,
                            100 + node,
                            0,
                            BrokerState.ACTIVE));
        }
    }

    private void pass(int seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }
}
