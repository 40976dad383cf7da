package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import java.util.Set;

/**
 * jraft's view of a replica's checkpoints. A snapshot is one manifest, and it is already durable
 * when jraft is told that it was saved; there are no files to list, and none are handed to others
 * over jraft's own file service.
 */
final class CheckpointSnapshots implements SnapshotStorage {

    /** Not an address: jraft wants the name of a snapshot not to be empty. */
    static final String NAME = "millrace-checkpoint";

    private final CheckpointManifest first;

    /**
     * @param first the checkpoint that the replica starts from; null if there is none
     */
    CheckpointSnapshots(CheckpointManifest first) {
        this.first = first;
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

    /** Asked for once, when the replica starts: the shard has no followers to install it on. */
    @Override
    public SnapshotReader open() {
        return first == null ? null : new Reader(first);
    }

    @Override
    public SnapshotReader copyFrom(String uri, SnapshotCopierOptions options) {
        throw new UnsupportedOperationException(Refusal.REASON);
    }

    @Override
    public SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions options) {
        return new Refusal();
    }

    /** Installing another replica's checkpoint is refused, and the leader hears why. */
    private static final class Refusal extends SnapshotCopier {

        static final String REASON =
                "checkpoints cannot be installed on another replica by this version";

        Refusal() {
            setError(RaftError.ECANCELED, REASON);
        }

        @Override
        public void cancel() {}

        @Override
        public void join() {}

        @Override
        public void start() {}

        @Override
        public SnapshotReader getReader() {
            return null;
        }

        @Override
        public void close() {}
    }

    /** The checkpoint the replica starts from. */
    static final class Reader extends SnapshotReader {

        private final CheckpointManifest manifest;

        Reader(CheckpointManifest manifest) {
            this.manifest = manifest;
        }

        CheckpointManifest manifest() {
            return manifest;
        }

        @Override
        public SnapshotMeta load() {
            return manifest.meta();
        }

        @Override
        public String generateURIForCopy() {
            return NAME + "://" + manifest.shard() + "/" + manifest.mark().index();
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
