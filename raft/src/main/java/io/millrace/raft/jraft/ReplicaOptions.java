package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.option.ApplyTaskMode;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;

/** jraft's many options, as one replica of a shard among many in a process needs them. */
final class ReplicaOptions {

    private static final int APPEND_BUFFER_BYTES = 4 << 20;
    private static final int BODY_BYTES = 1 << 20;
    private static final int APPLY_BATCH = 64;

    /** Appends to a follower without an answer yet; each keeps its body in memory until then. */
    private static final int IN_FLIGHT = 32;

    /** Places in each of a node's four rings, a power of two. */
    static final int RING = 1024;

    private ReplicaOptions() {}

    /** Fills in all but the state machine and the members of a new shard. */
    static void fill(NodeOptions node, RaftEngineOptions options, ReplicaStorages storages) {
        node.setElectionTimeoutMs((int) options.electionTimeout().toMillis());
        node.setServiceFactory(storages);
        // Never opened: the storages are handed in. jraft builds no snapshots without a name.
        node.setLogUri(CheckpointSnapshots.NAME);
        node.setRaftMetaUri(CheckpointSnapshots.NAME);
        node.setSnapshotUri(CheckpointSnapshots.NAME);
        node.setSnapshotIntervalSecs(0);
        node.setDisableCli(true);
        node.setApplyTaskMode(ApplyTaskMode.NonBlocking);
        // Threads: unshared, each replica would bring four timer threads and pools of its own.
        node.setSharedElectionTimer(true);
        node.setSharedVoteTimer(true);
        node.setSharedStepDownTimer(true);
        node.setSharedSnapshotTimer(true);
        node.setSharedTimerPool(true);
        // None at rest: answers are taken in the links' threads.
        node.setRpcProcessorThreadPoolSize(2);
        node.setRaftOptions(raftOptions(options));
    }

    private static RaftOptions raftOptions(RaftEngineOptions options) {
        RaftOptions raft = new RaftOptions();
        raft.setMaxAppendBufferSize(APPEND_BUFFER_BYTES);
        raft.setMaxBodySize(BODY_BYTES);
        raft.setApplyBatch(APPLY_BATCH);
        raft.setMaxReplicatorInflightMsgs(IN_FLIGHT);
        raft.setDisruptorBufferSize(RING);
        // Hardly ever met: proposals are refused before, and so are entries of leaders elsewhere.
        raft.setMaxLogsInMemoryBytes(options.memoryBytes());
        raft.setMaxElectionDelayMs((int) options.electionTimeout().toMillis());
        raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        // The write-ahead log forces every append and has checksums of its own.
        raft.setSync(true);
        raft.setSyncMeta(true);
        raft.setEnableLogEntryChecksum(false);
        return raft;
    }
}
