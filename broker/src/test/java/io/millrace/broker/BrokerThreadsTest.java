package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class BrokerThreadsTest {

    private static final long PERIOD_MS = 50;

    private final BrokerThreads threads = new BrokerThreads(1, System::nanoTime);

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void shouldRunTasksAtMultiplesOfTheirPeriods() {
        List<Long> began = new CopyOnWriteArrayList<>();
        threads.every(PERIOD_MS, "the task", () -> began.add(System.nanoTime()));
        await().until(() -> began.size() >= 5);

        long period = TimeUnit.MILLISECONDS.toNanos(PERIOD_MS);
        List<Long> turns = began.stream().map(at -> Math.floorDiv(at, period)).toList();
        assertThat(turns).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void shouldGoOnAfterAFailure() {
        AtomicInteger runs = new AtomicInteger();
        threads.every(
                PERIOD_MS,
                "the task",
                () -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("for the test");
                });
        await().until(() -> runs.get() >= 3);
    }

    @Test
    void shouldNotMakeUpForMissedTurns() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        threads.every(
                PERIOD_MS,
                "the slow task",
                () -> {
                    if (runs.incrementAndGet() == 1) {
                        awaitOn(goOn);
                    }
                });
        threads.every(PERIOD_MS, "another task", others::incrementAndGet);
        await().until(() -> runs.get() == 1 && others.get() >= 6);

        int before = others.get();
        goOn.countDown();
        await().until(() -> runs.get() >= 6);
        assertThat(others.get() - before).isGreaterThanOrEqualTo(runs.get() - 3);
    }

    private static void awaitOn(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldEndWithTheThreads() {
        AtomicInteger runs = new AtomicInteger();
        threads.every(PERIOD_MS, "the task", runs::incrementAndGet);
        await().until(() -> runs.get() >= 1);
        threads.close();
        int then = runs.get();
        await().during(PERIOD_MS * 4, TimeUnit.MILLISECONDS).until(() -> runs.get() <= then + 1);
    }
}
