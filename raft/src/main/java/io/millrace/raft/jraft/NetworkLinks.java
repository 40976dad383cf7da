package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.millrace.raft.transport.CheckpointChunk;
import io.millrace.raft.transport.PeerNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The links of a broker that has peers. */
final class NetworkLinks implements PeerLinks {

    private static final Duration PART_TIMEOUT = Duration.ofSeconds(10);

    private final PeerNetwork network;

    NetworkLinks(PeerNetwork network) {
        this.network = network;
    }

    /** Lets the peers have the engine's checkpoints, and ask it to move shards on. */
    void offer(RaftEngine engine) {
        network.onMoveOn(engine::moveOn);
        network.offerCheckpoints(
                (name, offset, maxBytes) -> {
                    CheckpointPart part =
                            engine.checkpointPart(CheckpointName.parse(name), offset, maxBytes);
                    return CheckpointChunk.of(part.totalBytes(), part.bytes());
                });
    }

    @Override
    public RpcClient client() {
        return network.rpcClient();
    }

    @Override
    public FixedThreadsExecutorGroup replicationExecutors() {
        return network.replicationExecutors();
    }

    @Override
    public void readBegun(String group) {
        network.readBegun(group);
    }

    @Override
    public void readEnded(String group) {
        network.readEnded(group);
    }

    @Override
    public boolean isReachable(int node) {
        return network.isReachable(node);
    }

    @Override
    public void meet(int node) {
        network.isReachable(node);
    }

    @Override
    public boolean isGone(int node) {
        return network.isGone(node);
    }

    @Override
    public void onGone(Runnable listener) {
        network.onGone(node -> listener.run());
    }

    @Override
    public void askToMoveOn(int node, List<Integer> shards) {
        network.askToMoveOn(node, shards);
    }

    @Override
    public void replicatorRestarted(String group, int node) {
        network.replicatorRestarted(group, node);
    }

    @Override
    public CheckpointPart part(CheckpointName name, long offset) throws IOException {
        CheckpointChunk chunk =
                network.fetchCheckpoint(
                        name.node(), name.toUri(), offset, CheckpointChunk.MAX_BYTES, PART_TIMEOUT);
        return new CheckpointPart(chunk.totalBytes(), chunk.data());
    }
}
