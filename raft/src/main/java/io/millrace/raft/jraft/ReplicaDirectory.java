package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.LogId;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardSpec.Birth;
import io.millrace.raft.wal.ShardLog;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a replica has on the disk besides its log: vote file and checkpoints, opened and held
 * against the log. Everything that tells a lost replica is found here, before jraft sees it.
 *
 * @param vote who it is and whom it voted for
 * @param checkpoints where the next checkpoints go
 * @param start the checkpoint it starts from; null if there is none
 */
record ReplicaDirectory(VoteFile vote, CheckpointStore checkpoints, CheckpointManifest start) {

    private static final String CHECKPOINTS = "checkpoints";

    /**
     * Opens the directory of a replica, or creates it if it may be new and nothing of it is there.
     *
     * @throws ReplicaLostException if it cannot be the replica that is asked for
     * @throws IOException if the disk fails
     */
    static ReplicaDirectory open(
            Path directory, String clusterId, ShardSpec spec, ShardLog log, RaftListener listener)
            throws IOException {
        CheckpointStore checkpoints =
                new CheckpointStore(directory.resolve(CHECKPOINTS), spec.shardId());
        boolean untouched =
                !VoteFile.exists(directory)
                        && log.firstIndex() == 1
                        && log.lastIndex() == 0
                        && checkpoints.isEmpty();
        if (spec.birth() != Birth.EXISTING && untouched) {
            checkpoints.prepare();
            VoteFile vote = VoteFile.create(directory, clusterId, spec, listener);
            return new ReplicaDirectory(vote, checkpoints, null);
        }
        VoteFile vote = VoteFile.open(directory, clusterId, spec, listener);
        checkpoints.prepare();
        CheckpointManifest start = checkpoints.load(log, vote.isLogBegun());
        if (start == null && log.lastIndex() == 0 && vote.isLogBegun()) {
            throw new ReplicaLostException(
                    spec.shardId(), "it took part before, and its log is empty now");
        }
        requireVoteNotOlder(spec.shardId(), vote, log, start);
        return new ReplicaDirectory(vote, checkpoints, start);
    }

    /** A term is in the vote file before anything of that term is in the log. */
    private static void requireVoteNotOlder(
            int shard, VoteFile vote, ShardLog log, CheckpointManifest start) {
        long term = log.lastIndex() == 0 ? 0 : log.term(log.lastIndex());
        if (start != null) {
            term = Math.max(term, start.mark().term());
        }
        if (vote.getTerm() < term) {
            throw new ReplicaLostException(
                    shard,
                    String.format(
                            "its vote file knows term %d and its log term %d: it was rolled back",
                            vote.getTerm(), term));
        }
    }

    /** The shard's members where the replica starts. */
    ConfigurationEntry members() {
        if (start == null) {
            return new ConfigurationEntry(
                    new LogId(0, 0),
                    ReplicaAddress.configuration(vote.initialVoters()),
                    new Configuration());
        }
        return ReplicaAddress.members(start.meta());
    }
}
