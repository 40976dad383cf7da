package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.List;
import java.util.Objects;
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

    static PeerId peer(Member voter) {
        return new PeerId(HOST, voter.nodeId(), voter.replicaId());
    }

    /** The node that a peer lives on; 0 for no peer. */
    static int node(PeerId peer) {
        return peer == null || peer.isEmpty() ? 0 : peer.getPort();
    }

    static Member member(PeerId peer) {
        return new Member(node(peer), peer.getIdx());
    }

    static Members members(Configuration configuration) {
        return new Members(
                configuration.listPeers().stream().map(ReplicaAddress::member).toList(),
                configuration.listLearners().stream().map(ReplicaAddress::member).toList());
    }

    static Configuration configuration(Members members) {
        return new Configuration(
                members.voters().stream().map(ReplicaAddress::peer).toList(),
                members.learners().stream().map(ReplicaAddress::peer).toList());
    }

    static Configuration configuration(List<Member> voters) {
        return new Configuration(voters.stream().map(ReplicaAddress::peer).toList());
    }

    /** The members where a checkpoint stands. */
    static ConfigurationEntry members(SnapshotMeta meta) {
        return new ConfigurationEntry(
                new LogId(meta.getLastIncludedIndex(), meta.getLastIncludedTerm()),
                new Configuration(peers(meta.getPeersList()), peers(meta.getLearnersList())),
                new Configuration(peers(meta.getOldPeersList()), peers(meta.getOldLearnersList())));
    }

    private static List<PeerId> peers(List<String> names) {
        return names.stream().map(PeerId::parsePeer).filter(Objects::nonNull).toList();
    }
}
