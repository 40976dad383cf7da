package io.millrace.broker.turns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class TurnLoopTest {

    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldRunTasksInTheirOrderOneTurnAtATime() {
        TurnLoop loop = new TurnLoop(turns::add);
        loop.post(
                () -> {
                    done.add("a");
                    loop.post(() -> done.add("c"));
                });
        loop.post(() -> done.add("b"));
        assertThat(turns).hasSize(1);
        run();
        assertThat(done).containsExactly("a", "b", "c");
        loop.post(() -> done.add("d"));
        run();
        assertThat(done).endsWith("d");
    }

    @Test
    void shouldGoOnAfterTasksThatFail() {
        TurnLoop loop = new TurnLoop(turns::add);
        loop.post(
                () -> {
                    throw new StackOverflowError("as of a pattern that nobody foresaw");
                });
        loop.post(
                () -> {
                    throw new IllegalStateException("not foreseen");
                });
        loop.post(() -> done.add("next"));
        run();
        loop.post(() -> done.add("later"));
        run();
        assertThat(done).containsExactly("next", "later");
    }

    @Test
    void shouldLetOthersHaveTheirTurns() {
        TurnLoop busy = new TurnLoop(turns::add);
        TurnLoop other = new TurnLoop(turns::add);
        for (int i = 0; i < 1_000; i++) {
            busy.post(() -> done.add("busy"));
        }
        other.post(() -> done.add("other"));
        run();
        assertThat(done).hasSize(1_001);
        assertThat(done.indexOf("other")).isLessThan(1_000);
    }

    @Test
    void shouldDoTheWorkAfterTasksUntilThereIsNoMore() {
        TurnLoop loop =
                new TurnLoop(
                        turns::add,
                        () -> {
                            done.add("work");
                            return done.size() < 4;
                        });
        loop.post(() -> done.add("task"));
        run();
        assertThat(done).containsExactly("task", "work", "work", "work");
        loop.signal();
        run();
        assertThat(done).hasSize(5);
    }

    @Test
    void shouldLeaveItWhenTheThreadsAreGone() {
        TurnLoop loop =
                new TurnLoop(
                        task -> {
                            throw new RejectedExecutionException();
                        });
        loop.post(() -> done.add("never"));
        assertThat(done).isEmpty();
    }

    private void run() {
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
    }
}
