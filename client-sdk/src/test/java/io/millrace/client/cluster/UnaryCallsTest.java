package io.millrace.client.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.fake.FakeCluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls wait between two attempts. */
@Timeout(60)
class UnaryCallsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final int SOON_S = 20;

    private FakeCluster brokers;
    private Cluster cluster;

    @BeforeEach
    void open() throws Exception {
        brokers = new FakeCluster(1, 1);
        cluster = brokers.connect();
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void shouldEndTheWaitForAnotherAttemptWhenTheClientIsClosed() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        CompletableFuture<Void> call =
                CompletableFuture.supplyAsync(
                        () ->
                                cluster.calls()
                                        .call(
                                                (channel, until) -> {
                                                    refused.countDown();
                                                    throw MillraceException.of(
                                                                    ErrorCode.OVERLOADED, "later")
                                                            .withRetryAfterMs(60_000);
                                                },
                                                true,
                                                Duration.ofMinutes(5)));
        assertThat(refused.await(SOON_S, SECONDS)).isTrue();
        cluster.close();
        assertThatThrownBy(() -> call.get(SOON_S, SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        why -> assertThat(why.code()).isEqualTo(ErrorCode.OVERLOADED));
    }

    @Test
    void shouldWaitNoLongerWhenSomethingElseIsKnown() throws Exception {
        ClusterView known = cluster.view();
        CompletableFuture<Void> wait = CompletableFuture.runAsync(() -> awaitOther(known, 0));
        cluster.hint(1, "elsewhere:7400");
        wait.get(SOON_S, SECONDS);
    }

    @Test
    void shouldWaitAsLongAsABrokerHasAskedWhateverIsKnown() {
        ClusterView known = cluster.view();
        cluster.hint(1, "elsewhere:7400");
        long begun = System.nanoTime();
        awaitOther(known, Duration.ofMillis(50).toNanos());
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(50_000_000);
    }

    private void awaitOther(ClusterView known, long least) {
        try {
            cluster.awaitOther(known, least, MINUTE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
