package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SerialExecutorTest {

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();
    private int handOvers;

    private final SerialExecutor executor =
            new SerialExecutor(
                    task -> {
                        handOvers++;
                        pool.add(task);
                    });

    private void put(int from, int to) {
        for (int i = from; i < to; i++) {
            int number = i;
            executor.execute(() -> done.add(number));
        }
    }

    private static List<Integer> upTo(int count) {
        return java.util.stream.IntStream.range(0, count).boxed().toList();
    }

    @Test
    void shouldHandOverManyTasksAtOnceAndThenLetOthersHaveTheThread() {
        put(0, 40);
        assertThat(handOvers).isEqualTo(1);
        pool.remove().run();
        assertThat(done).isEqualTo(upTo(16));
        assertThat(pool).as("its next turn").hasSize(1);
        put(40, 50);
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        assertThat(done).isEqualTo(upTo(50));
        assertThat(handOvers).isEqualTo(4);

        put(50, 51);
        pool.remove().run();
        assertThat(done).isEqualTo(upTo(51));
        assertThat(pool).isEmpty();
        assertThat(handOvers).isEqualTo(5);
    }

    @Test
    void shouldGoOnAfterATaskThatFails() {
        executor.execute(
                () -> {
                    throw new IllegalStateException("on purpose");
                });
        executor.execute(
                () -> {
                    throw new AssertionError("on purpose");
                });
        put(0, 20);
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        assertThat(done).isEqualTo(upTo(20));
    }

    @Test
    void shouldRunWhatIsHandedInByATask() {
        executor.execute(() -> put(0, 30));
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        assertThat(done).isEqualTo(upTo(30));
    }

    /** A callback that never comes stops replication for good. */
    @Test
    void shouldRunEverythingAlthoughThePoolTakesNoMore() {
        SerialExecutor closed =
                new SerialExecutor(
                        task -> {
                            if (handOvers++ > 0) {
                                throw new RejectedExecutionException();
                            }
                            pool.add(task);
                        });
        for (int i = 0; i < 100; i++) {
            int number = i;
            closed.execute(() -> done.add(number));
        }
        pool.remove().run();
        assertThat(done).isEqualTo(upTo(100));
        closed.execute(() -> done.add(100));
        assertThat(done).isEqualTo(upTo(101));
    }

    @Test
    void shouldKeepTheOrderOfOneThreadOnAPoolOfMany() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            SerialExecutor shared = new SerialExecutor(threads);
            CountDownLatch all = new CountDownLatch(10_000);
            for (int i = 0; i < 10_000; i++) {
                int number = i;
                shared.execute(
                        () -> {
                            // Not thread-safe on purpose: one task after the other.
                            done.add(number);
                            all.countDown();
                        });
            }
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(done).isEqualTo(upTo(10_000));
        } finally {
            threads.shutdown();
        }
    }
}
