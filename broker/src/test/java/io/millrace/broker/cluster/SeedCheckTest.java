package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.GreetResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Node 1 of the cluster c1, whose seeds are 1, 2 and 3. */
@Timeout(20)
final class SeedCheckTest {

    private final FakePeers peers = new FakePeers();
    private final Introduction self = Greetings.member(1, "c1");

    @Test
    void shouldRefuseToStartWhenItsSeedsAreOfAnotherCluster() {
        greets(2, "c2");
        greets(3, "c2");

        assertThat(check().orElseThrow())
                .contains("belongs to the cluster c1")
                .contains("host-2:7401 belongs to the cluster c2")
                .contains("data directory")
                .contains("cluster.seeds");
    }

    @Test
    void shouldGoOnWhenOneOfItsClusterIsThere() {
        greets(2, "c2");
        greets(3, "c1");

        assertThat(check()).isEmpty();
    }

    /** After a power loss they come back one by one; a stranger has one's old address. */
    @Test
    void shouldNotBeKeptDownByOneStrangerWhileTheOthersAreDown() {
        greets(2, "c2");

        assertThat(check()).isEmpty();
    }

    @Test
    void shouldGoOnAloneAndAmongEmptyBrokers() {
        assertThat(check()).as("all are down").isEmpty();

        peers.greetings.put("host-1:7401", GreetResponse.newBuilder().setPeer(self.get()).build());
        peers.greetings.put(
                "host-2:7401",
                GreetResponse.newBuilder()
                        .setPeer(Greetings.broker(2, Greetings.SEEDS).get())
                        .build());
        assertThat(check()).isEmpty();
    }

    @Test
    void shouldNotWaitForOthersOnceOneOfItsClusterHasAnswered() {
        peers.silent.add("host-2:7401");
        greets(3, "c1");
        long before = System.nanoTime();

        assertThat(check()).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    private Optional<String> check() {
        return new SeedCheck(self, "host-1:7401", peers).refusal();
    }

    private void greets(int node, String clusterId) {
        peers.greetings.put(
                Greetings.addressOf(node),
                GreetResponse.newBuilder()
                        .setPeer(Greetings.member(node, clusterId).get())
                        .build());
    }
}
