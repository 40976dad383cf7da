package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.millrace.raft.ShardUnavailableException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointTurnsTest {

    /** What jraft was asked for and has not answered. */
    private final List<Closure> asked = new ArrayList<>();

    private final List<Long> covered = new ArrayList<>();
    private boolean news = true;
    private CheckpointTurns turns;

    @TempDir private Path directory;

    @BeforeEach
    void open() throws IOException {
        CheckpointStore store = new CheckpointStore(directory, 1);
        store.prepare();
        turns = new CheckpointTurns(1, node(), store, () -> news, covered::add);
    }

    @Test
    void shouldTellWhatTwoCheckpointsCover() {
        CompletableFuture<Long> turn = turns.next();
        answer(Status.OK());

        assertThat(turn).isCompleted();
        assertThat(covered).containsExactly(0L);
    }

    @Test
    void shouldAskOnceAtATime() {
        CompletableFuture<Long> first = turns.next();
        CompletableFuture<Long> second = turns.next();
        assertThat(asked).hasSize(1);

        answer(Status.OK());

        assertThat(first).isCompleted();
        assertThat(second).as("it may be older than the caller's last write").isNotDone();
        answer(Status.OK());
        assertThat(second).isCompleted();
    }

    @Test
    void shouldTakeNoneOfNothing() {
        news = false;

        assertThat(turns.next()).isCompletedWithValue(0L);
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldTellWhyThereIsNone() {
        CompletableFuture<Long> turn = turns.next();
        answer(new Status(RaftError.EIO, "disk full"));

        assertThatThrownBy(turn::join)
                .hasCauseInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("disk full");
        assertThat(covered).isEmpty();
    }

    /** By then, the shard's log may be that of the replica which took its place. */
    @Test
    void shouldNotTouchTheLogAfterTheReplicaHasStopped() {
        CompletableFuture<Long> turn = turns.next();
        turns.close();
        assertThat(turn).isCompletedExceptionally();

        answer(Status.OK());

        assertThat(covered).isEmpty();
        assertThat(turns.next()).isCompletedExceptionally();
    }

    private void answer(Status status) {
        asked.remove(0).run(status);
    }

    private Node node() {
        return (Node)
                Proxy.newProxyInstance(
                        Node.class.getClassLoader(),
                        new Class<?>[] {Node.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("snapshot")) {
                                throw new UnsupportedOperationException(method.getName());
                            }
                            asked.add((Closure) arguments[0]);
                            return null;
                        });
    }
}
