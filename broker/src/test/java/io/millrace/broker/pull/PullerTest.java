package io.millrace.broker.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.shard.DataShardListener;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PullerTest {

    private final FakeCluster cluster = new FakeCluster();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, 10, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private FakeReplica whole;
    private FakeReplica behind;
    private Puller puller;

    @BeforeEach
    void startBrokers() throws IOException {
        whole = FakeReplica.whole(60, 1, 2);
        behind = FakeReplica.missing(whole);
        cluster.replicas.put(1, behind);
        cluster.replicas.put(2, whole);
        puller =
                new Puller(
                        behind,
                        cluster,
                        () -> cluster.othersThan(1),
                        new PullThrottle(1L << 30, System::nanoTime),
                        threads,
                        System::nanoTime);
    }

    @AfterEach
    void stop() {
        puller.close();
        threads.shutdown();
    }

    @Test
    void shouldPullUntilNothingIsMissingAndThenNeedNoThread() throws IOException {
        puller.start();

        await().until(behind::isWhole);
        await().until(() -> threads.getActiveCount() == 0);
        assertThat(behind.read(1)).isEqualTo(whole.read(1));
        assertThat(puller.progress().pulledRecords()).isEqualTo(480);
        int asked = cluster.asked.size();

        behind.log(1).lose(behind.log(1).segments().get(0).number());
        behind.listeners.forEach(DataShardListener::recordsMissing);
        await().until(behind::isWhole);
        assertThat(behind.read(1)).isEqualTo(whole.read(1));
        assertThat(cluster.asked.size()).isGreaterThan(asked);
    }

    @Test
    void shouldNeedNoThreadWhereNothingIsMissing() {
        Puller idle =
                new Puller(
                        whole,
                        cluster,
                        () -> cluster.othersThan(2),
                        new PullThrottle(1, System::nanoTime),
                        threads,
                        System::nanoTime);
        idle.start();

        assertThat(threads.getLargestPoolSize()).isZero();
        idle.close();
        assertThat(whole.listeners).isEmpty();
    }

    @Test
    void shouldTryAgainUntilASourceComesBack() {
        cluster.silent.add(2);
        puller.start();
        await().until(() -> cluster.asked.size() >= 2);
        assertThat(puller.progress().problem()).contains("broker 2 does not answer");

        cluster.silent.clear();
        await().until(behind::isWhole);
    }

    @Test
    void shouldTouchNoLogAfterItIsClosed() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        cluster.spoilers.put(
                2,
                chunk -> {
                    asked.countDown();
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return chunk;
                });
        puller.start();
        asked.await();
        puller.close();
        closed.countDown();

        await().until(() -> threads.getActiveCount() == 0);
        assertThat(behind.missingRecords()).isEqualTo(480);
    }
}
