package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.cluster.FoundingDecision.Found;
import io.millrace.broker.cluster.FoundingDecision.Join;
import io.millrace.v1.GreetResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FoundingTest {

    private final FakePeers peers = new FakePeers();
    private final Introduction one = Greetings.broker(1, Greetings.SEEDS);

    @Test
    void shouldFoundAloneWithoutSeeds() throws InterruptedException {
        Introduction alone = Greetings.broker(9, List.of());

        assertThat(new Founding(alone, "here:1", peers, System::nanoTime).await())
                .isEqualTo(new Found(List.of(9)));
        assertThat(peers.greeted).isEmpty();
    }

    @Test
    void shouldGreetUntilAllAnswer() {
        Founding founding = founding();
        CompletableFuture<FoundingDecision> decision = begin(founding);
        greets(1, one);
        greets(2, Greetings.broker(2, Greetings.SEEDS));
        await().until(() -> peers.greeted.size() > 9);
        assertThat(decision).isNotDone();

        greets(3, Greetings.broker(3, Greetings.SEEDS));
        assertThat(decision.orTimeout(20, TimeUnit.SECONDS).join())
                .isEqualTo(new Found(List.of(1, 2, 3)));
    }

    @Test
    void shouldJoinAsSoonAsOneKnowsACluster() {
        CompletableFuture<FoundingDecision> decision = begin(founding());
        greets(3, Greetings.member(3, "c1"));

        assertThat(decision.orTimeout(20, TimeUnit.SECONDS).join())
                .isInstanceOfSatisfying(
                        Join.class, join -> assertThat(join.clusterId()).isEqualTo("c1"));
    }

    @Test
    void shouldEndItsWaitWhenItIsStopped() {
        Founding founding = founding();
        CompletableFuture<FoundingDecision> decision = begin(founding);
        await().until(() -> !peers.greeted.isEmpty());
        founding.stop();

        assertThat(
                        decision.orTimeout(20, TimeUnit.SECONDS)
                                .handle((done, failure) -> failure)
                                .join())
                .hasRootCauseInstanceOf(InterruptedException.class)
                .hasStackTraceContaining("host-2:7401 does not answer");
    }

    private Founding founding() {
        return new Founding(one, Greetings.addressOf(1), peers, System::nanoTime);
    }

    private void greets(int seed, Introduction broker) {
        peers.greetings.put(
                Greetings.addressOf(seed),
                GreetResponse.newBuilder().setPeer(broker.get()).build());
    }

    private static CompletableFuture<FoundingDecision> begin(Founding founding) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return founding.await();
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
    }
}
