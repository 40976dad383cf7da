package io.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The order of a coordinator's tasks. */
final class TaskLaneTest {

    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final TaskLane lane = new TaskLane(thread::add);
    private final List<Integer> done = new ArrayList<>();

    @Test
    void shouldRunTasksInOrderAndGiveOthersATurn() {
        for (int i = 0; i < 100; i++) {
            int number = i;
            lane.run(() -> done.add(number));
        }
        assertThat(thread).hasSize(1);
        thread.remove().run();
        assertThat(done).hasSize(64);
        thread.remove().run();
        assertThat(done).hasSize(100).isSorted();
        assertThat(thread).isEmpty();
    }

    @Test
    void shouldGoOnAfterTasksThatFail() {
        lane.run(
                () -> {
                    throw new StackOverflowError("deep");
                });
        lane.run(
                () -> {
                    throw new IllegalStateException("not foreseen");
                });
        lane.run(() -> done.add(1));
        assertThatThrownBy(thread.remove()::run).isInstanceOf(StackOverflowError.class);
        thread.remove().run();
        assertThat(done).containsExactly(1);

        lane.run(() -> done.add(2));
        thread.remove().run();
        assertThat(done).containsExactly(1, 2);
        assertThat(thread).isEmpty();
    }
}
