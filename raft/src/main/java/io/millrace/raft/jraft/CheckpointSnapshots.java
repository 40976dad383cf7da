package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * jraft's view of a replica's checkpoints. A snapshot is one manifest, and it is already durable
 * when jraft is told that it was saved; there are no files to list. Others are sent the newest one,
 * without what only says how this broker stores it.
 */
final class CheckpointSnapshots implements SnapshotStorage {

    /** What jraft is told to be their place. */
    static final String NAME = CheckpointName.SCHEME;

    private final int node;
    private final CheckpointStore store;
    private final KnownMembers members;
    private final CheckpointFetch fetch;
    private final Executor threads;

    /** Until it is restored. */
    private CheckpointManifest start;

    /**
     * @param node this broker
     * @param start the checkpoint that the replica starts from; null if there is none
     * @param members see {@link ShardLogStorage#handOver}
     * @param fetch where the checkpoints of others come from
     * @param threads those that fetch
     */
    CheckpointSnapshots(
            int node,
            CheckpointStore store,
            CheckpointManifest start,
            KnownMembers members,
            CheckpointFetch fetch,
            Executor threads) {
        this.node = node;
        this.store = store;
        this.start = start;
        this.members = members;
        this.fetch = fetch;
        this.threads = threads;
    }

    @Override
    public boolean init(Void options) {
        return true;
    }

    @Override
    public void shutdown() {}

    @Override
    public boolean setFilterBeforeCopyRemote() {
        return true;
    }

    @Override
    public void setSnapshotThrottle(SnapshotThrottle throttle) {}

    @Override
    public SnapshotWriter create() {
        return new Writer();
    }

    /**
     * First the checkpoint to start from, if there is one; then, for each follower that is too far
     * behind, the newest, which stays until the reader is closed.
     */
    @Override
    public synchronized SnapshotReader open() {
        if (start != null) {
            SnapshotReader first = new Restored(start, !members.isOneOther());
            start = null;
            return first;
        }
        CheckpointStore.Pin newest = store.pinNewest();
        return newest == null ? null : new Offered(newest);
    }

    /** jraft itself uses the other form. */
    @Override
    public SnapshotReader copyFrom(String uri, SnapshotCopierOptions options) {
        throw new UnsupportedOperationException("not on the calling thread");
    }

    @Override
    public SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions options) {
        CheckpointCopier copier = new CheckpointCopier(CheckpointName.parse(uri), fetch, threads);
        copier.start();
        return copier;
    }

    /** What all readers do not do: there are no files. */
    private abstract static class Reader extends SnapshotReader {

        private final SnapshotMeta meta;

        Reader(SnapshotMeta meta) {
            this.meta = meta;
        }

        @Override
        public SnapshotMeta load() {
            return meta;
        }

        @Override
        public String generateURIForCopy() {
            return null;
        }

        @Override
        public boolean init(Void options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public void close() {}

        @Override
        public String getPath() {
            return NAME;
        }

        @Override
        public Set<String> listFiles() {
            return Set.of();
        }

        @Override
        public Message getFileMeta(String fileName) {
            return null;
        }
    }

    /** The checkpoint the replica starts from. */
    static final class Restored extends Reader {

        private final CheckpointManifest manifest;

        Restored(CheckpointManifest manifest, boolean withMembers) {
            super(withMembers ? manifest.meta() : withoutMembers(manifest.meta()));
            this.manifest = manifest;
        }

        private static SnapshotMeta withoutMembers(SnapshotMeta meta) {
            return SnapshotMeta.newBuilder()
                    .setLastIncludedIndex(meta.getLastIncludedIndex())
                    .setLastIncludedTerm(meta.getLastIncludedTerm())
                    .build();
        }

        CheckpointManifest manifest() {
            return manifest;
        }
    }

    /** Another replica's checkpoint, in place of what is here. */
    static final class Installed extends Reader {

        private final CheckpointManifest manifest;

        Installed(CheckpointManifest manifest) {
            super(manifest.meta());
            this.manifest = manifest;
        }

        CheckpointManifest manifest() {
            return manifest;
        }
    }

    /** A checkpoint of this replica, on its way to another. */
    private final class Offered extends Reader {

        private final CheckpointStore.Pin pin;

        Offered(CheckpointStore.Pin pin) {
            super(pin.meta());
            this.pin = pin;
        }

        @Override
        public String generateURIForCopy() {
            SnapshotMeta meta = pin.meta();
            return new CheckpointName(
                            node,
                            store.shard(),
                            meta.getLastIncludedIndex(),
                            meta.getLastIncludedTerm())
                    .toUri();
        }

        @Override
        public void close() {
            pin.release();
        }
    }

    /** Carries the mark from jraft to the state machine; the file is written elsewhere. */
    private static final class Writer extends SnapshotWriter {

        @Override
        public boolean saveMeta(SnapshotMeta meta) {
            return true;
        }

        @Override
        public boolean addFile(String fileName, Message fileMeta) {
            return false;
        }

        @Override
        public boolean removeFile(String fileName) {
            return false;
        }

        @Override
        public boolean init(Void options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public void close() {}

        @Override
        public void close(boolean keepDataOnError) {}

        @Override
        public String getPath() {
            return NAME;
        }

        @Override
        public Set<String> listFiles() {
            return Set.of();
        }

        @Override
        public Message getFileMeta(String fileName) {
            return null;
        }
    }
}
