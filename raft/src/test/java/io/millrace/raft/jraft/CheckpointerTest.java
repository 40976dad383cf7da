package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.millrace.raft.RaftListener;
import io.millrace.raft.StateMachine.Checkpoint;
import io.millrace.raft.disk.ForceFailedException;
import io.millrace.raft.wal.MemoryShardLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class CheckpointerTest {

    @TempDir Path directory;

    private final ShardLogStorage log =
            ShardLogStorageTest.storage(new MemoryShardLog(3), () -> true, List.of());

    /**
     * S5: the others may have committed an entry, and this replica applied it, before its own disk
     * has it. A checkpoint above the log's end would look like a lost log after a power cut.
     */
    @Test
    void shouldWaitUntilTheLogIsDurableUpToTheCheckpoint() throws Exception {
        CheckpointStore store = new CheckpointStore(directory, 3);
        store.prepare();
        Checkpointer checkpointer =
                new Checkpointer(
                        3,
                        log,
                        store::write,
                        ForkJoinPool.commonPool(),
                        new RaftListener() {},
                        System::nanoTime);
        append(1);
        CompletableFuture<Status> done = new CompletableFuture<>();
        checkpointer.finish(new Empty(), mark(2), done::complete);

        await().pollInterval(10, TimeUnit.MILLISECONDS)
                .during(100, TimeUnit.MILLISECONDS)
                .until(() -> store.isEmpty() && !done.isDone());
        append(2);

        assertThat(done.get(10, TimeUnit.SECONDS).isOk()).isTrue();
        assertThat(store.newestIndex()).isEqualTo(2);
    }

    /** A force is never tried again; a full disk may be, with the next checkpoint. */
    @Test
    void shouldEndTheBrokerWhenAManifestCannotBeForcedButNotWhenTheDiskIsFull() throws Exception {
        append(1);
        IOException full = new IOException("No space left on device");

        assertThat(fatalAfter(full)).isEmpty();
        assertThat(fatalAfter(new ForceFailedException(new IOException("Input/output error"))))
                .singleElement()
                .asString()
                .contains("manifest of shard 3");
    }

    private List<String> fatalAfter(IOException failure) throws Exception {
        List<String> fatal = new CopyOnWriteArrayList<>();
        RaftListener listener =
                new RaftListener() {
                    @Override
                    public void fatal(String what, Throwable cause) {
                        fatal.add(what);
                    }
                };
        Checkpointer checkpointer =
                new Checkpointer(
                        3,
                        log,
                        manifest -> {
                            throw failure;
                        },
                        Runnable::run,
                        listener,
                        System::nanoTime);
        CompletableFuture<Status> done = new CompletableFuture<>();
        checkpointer.finish(new Empty(), mark(1), done::complete);
        assertThat(done.get(10, TimeUnit.SECONDS).isOk()).isFalse();
        return fatal;
    }

    private void append(long index) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_NO_OP);
        entry.setId(new LogId(index, 1));
        assertThat(log.appendEntry(entry)).isTrue();
    }

    private static SnapshotMeta mark(long index) {
        return SnapshotMeta.newBuilder().setLastIncludedIndex(index).setLastIncludedTerm(1).build();
    }

    /** The state of a machine that has none. */
    private static final class Empty implements Checkpoint {

        @Override
        public void force() {}

        @Override
        public ByteBuffer manifest() {
            return ByteBuffer.allocate(0);
        }

        @Override
        public void completed() {}
    }
}
