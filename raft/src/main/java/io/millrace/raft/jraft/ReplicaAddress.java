package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.ShardSpec.Voter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How shards and replicas are called inside the Raft library.
 *
 * <p>A peer's endpoint is made of the node id and never resolved: hosts and ports may change, and a
 * replica stays who it is. The replica id is the peer's {@code idx}, which is part of its equality,
 * so a message for an earlier replica of the same broker finds nobody.
 */
final class ReplicaAddress {

    private static final String HOST = "node";
    private static final Pattern CLUSTER_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private ReplicaAddress() {}

    /** The Raft group of a shard; other clusters' in the same process are called differently. */
    static String group(String clusterId, int shard) {
        return "millrace-" + clusterId + "-" + shard;
    }

    static String checkClusterId(String clusterId) {
        if (!CLUSTER_ID.matcher(clusterId).matches()) {
            throw new IllegalArgumentException(
                    "cluster id must be 1 to 64 letters, digits, '-' or '_', got \""
                            + clusterId
                            + "\"");
        }
        return clusterId;
    }

    static PeerId peer(Voter voter) {
        return new PeerId(HOST, voter.nodeId(), voter.replicaId());
    }

    /** The node that a peer lives on; 0 for no peer. */
    static int node(PeerId peer) {
        return peer == null || peer.isEmpty() ? 0 : peer.getPort();
    }

    static Voter voter(PeerId peer) {
        return new Voter(node(peer), peer.getIdx());
    }

    static Configuration configuration(List<Voter> voters) {
        return new Configuration(voters.stream().map(ReplicaAddress::peer).toList());
    }
}
