package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.wal.MemoryShardLog;
import io.millrace.raft.wal.WalEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint of another replica: on its way, and before the log has given way to it. */
@Timeout(30)
final class InstalledCheckpointTest {

    private static final CheckpointName NAME = new CheckpointName(2, 3, 8, 5);

    @TempDir Path directory;

    private final MemoryShardLog log = new MemoryShardLog(3);
    private CheckpointStore store;

    @BeforeEach
    void open() throws IOException {
        store = new CheckpointStore(directory, 3);
        store.prepare();
    }

    private static CheckpointManifest manifest(boolean installed) {
        SnapshotMeta meta =
                SnapshotMeta.newBuilder()
                        .setLastIncludedIndex(NAME.index())
                        .setLastIncludedTerm(NAME.term())
                        .addPeers("node:2:12")
                        .build();
        return new CheckpointManifest(
                3, meta, installed, ByteBuffer.wrap("state".repeat(50).getBytes()));
    }

    private void append(int count, long term) {
        List<WalEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long index = log.lastIndex() + 1 + i;
            entries.add(new WalEntry(index, term, (byte) 2, ByteBuffer.allocate(0)));
        }
        log.append(entries);
    }

    private void assertStartsBehindTheCheckpoint(boolean logBegun) throws IOException {
        assertThat(store.load(log, logBegun).mark().index()).isEqualTo(8);
        assertThat(log.firstIndex()).isEqualTo(9);
        assertThat(log.lastIndex()).isEqualTo(8);
    }

    @Test
    void shouldCutALogThatEndsBeforeIt() throws Exception {
        store.write(manifest(true));
        append(5, 4);
        assertStartsBehindTheCheckpoint(true);
    }

    @Test
    void shouldCutALogThatGoesOnOtherwise() throws Exception {
        store.write(manifest(true));
        append(12, 4);
        assertStartsBehindTheCheckpoint(true);
    }

    @Test
    void shouldCutALogThatNeverBegan() throws Exception {
        store.write(manifest(true));
        assertStartsBehindTheCheckpoint(false);
    }

    @Test
    void shouldKeepALogThatAgrees() throws Exception {
        store.write(manifest(true));
        append(12, 5);
        assertThat(store.load(log, true).installed()).isTrue();
        assertThat(log.lastIndex()).isEqualTo(12);
    }

    @Test
    void shouldBeLostWhenALogThatHadBegunIsGone() throws Exception {
        store.write(manifest(true));
        assertThatThrownBy(() -> store.load(log, true)).isInstanceOf(ReplicaLostException.class);
    }

    @Test
    void shouldBeLostWhenItsOwnCheckpointIsAheadOfItsLog() throws Exception {
        store.write(manifest(false));
        append(5, 5);
        assertThatThrownBy(() -> store.load(log, true)).isInstanceOf(ReplicaLostException.class);
    }

    @Test
    void shouldReadBackWhetherItWasInstalled() throws Exception {
        assertThat(CheckpointManifest.decode(manifest(true).toBytes()).installed()).isTrue();
        assertThat(CheckpointManifest.decode(manifest(false).toBytes()).installed()).isFalse();
    }

    @Test
    void shouldReadManifestsOfTheFirstFormat() throws Exception {
        ByteBuffer now = manifest(false).toBytes();
        ByteBuffer old = ByteBuffer.allocate(now.remaining() - 4);
        old.putInt(now.getInt()).putInt(1);
        now.getInt();
        now.getInt();
        now.limit(now.limit() - 4);
        old.put(now);
        old.putInt(Checksum.of(old.duplicate().flip())).flip();

        CheckpointManifest read = CheckpointManifest.decode(old);

        assertThat(read.mark().index()).isEqualTo(8);
        assertThat(read.installed()).isFalse();
        assertThat(read.payload().remaining()).isEqualTo(250);
    }

    @Test
    void shouldKeepACheckpointThatIsBeingCopied() throws Exception {
        store.write(manifest(false));
        CheckpointStore.Pin pin = store.pinNewest();
        for (long index = 9; index < 13; index++) {
            SnapshotMeta meta =
                    manifest(false).meta().toBuilder().setLastIncludedIndex(index).build();
            store.write(new CheckpointManifest(3, meta, false, ByteBuffer.allocate(1)));
        }

        ByteBuffer content = store.pinned(8).content(new LineMachine());

        assertThat(CheckpointManifest.decode(content).mark().index()).isEqualTo(8);
        pin.release();
        assertThat(store.pinned(8)).isNull();
        assertThat(store.newestIndex()).isEqualTo(12);
    }

    private static CheckpointCopier copier(CheckpointFetch fetch) {
        CheckpointCopier copier =
                new CheckpointCopier(NAME, fetch, task -> new Thread(task).start());
        copier.start();
        return copier;
    }

    private static CheckpointFetch serving(ByteBuffer file, int partBytes) {
        return (name, offset) ->
                new CheckpointPart(
                        file.remaining(),
                        file.slice(
                                (int) offset,
                                (int) Math.min(partBytes, file.remaining() - offset)));
    }

    @Test
    void shouldPutThePartsTogether() throws Exception {
        CheckpointCopier copier = copier(serving(manifest(false).toBytes(), 7));
        copier.join();
        assertThat(copier.isOk()).isTrue();
        assertThat(copier.getReader().load()).isEqualTo(manifest(false).meta());
    }

    @Test
    void shouldNotTakeWhatIsDamaged() throws Exception {
        ByteBuffer damaged = manifest(false).toBytes();
        damaged.put(100, (byte) (damaged.get(100) ^ 1));
        assertFails(serving(damaged, 100), "checksum");
    }

    @Test
    void shouldNotTakeAnotherCheckpoint() throws Exception {
        SnapshotMeta other = manifest(false).meta().toBuilder().setLastIncludedTerm(6).build();
        CheckpointManifest manifest =
                new CheckpointManifest(3, other, false, ByteBuffer.allocate(1));
        assertFails(serving(manifest.toBytes(), 100), "another one");
    }

    @Test
    void shouldNotBelieveALengthThatCannotBe() throws Exception {
        assertFails((name, offset) -> new CheckpointPart(-1, ByteBuffer.allocate(1)), "-1 bytes");
        assertFails(
                (name, offset) -> new CheckpointPart(1L << 40, ByteBuffer.allocate(1)), "bytes");
        assertFails((name, offset) -> new CheckpointPart(9, ByteBuffer.allocate(0)), "0 bytes");
        assertFails((name, offset) -> new CheckpointPart(9, ByteBuffer.allocate(10)), "10 bytes");
    }

    private static void assertFails(CheckpointFetch fetch, String reason) throws Exception {
        CheckpointCopier copier = copier(fetch);
        copier.join();
        assertThat(copier.isOk()).isFalse();
        assertThat(copier.getErrorMsg()).contains(reason);
        assertThat(copier.getRaftError().name()).as("jraft stops for EIO").isNotEqualTo("EIO");
        assertThat(copier.getReader()).isNull();
    }

    @Test
    void shouldEndAtOnceWhenItIsCancelled() throws Exception {
        CheckpointCopier copier =
                copier(
                        (name, offset) -> {
                            try {
                                new java.util.concurrent.CountDownLatch(1)
                                        .await(10, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            throw new IOException("too late");
                        });
        copier.cancel();
        copier.join();
        assertThat(copier.isOk()).isFalse();
    }

    @Test
    void shouldReadItsOwnNames() {
        assertThat(CheckpointName.parse(NAME.toUri())).isEqualTo(NAME);
        assertThatThrownBy(() -> CheckpointName.parse("millrace-checkpoint://a/b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
