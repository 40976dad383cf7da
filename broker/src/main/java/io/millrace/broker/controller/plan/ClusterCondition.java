package io.millrace.broker.controller.plan;

import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.Map;

/**
 * What the controller's leader knows of the cluster at one moment. Immutable.
 *
 * @param brokers how the brokers are, by node id; those that are missing count as dead since just
 *     now
 * @param replicas how the replicas are, by replica id
 * @param leaders who leads, node ids by shard; shards without a known leader are missing
 */
public record ClusterCondition(
        Map<Integer, BrokerCondition> brokers,
        Map<Long, ReplicaCondition> replicas,
        Map<Integer, Integer> leaders) {

    public ClusterCondition {
        brokers = Map.copyOf(brokers);
        replicas = Map.copyOf(replicas);
        leaders = Map.copyOf(leaders);
    }

    /** How a broker is. */
    public BrokerCondition broker(int nodeId) {
        return brokers.getOrDefault(nodeId, BrokerCondition.UNKNOWN);
    }

    /** How a replica is. */
    public ReplicaCondition replica(long replicaId) {
        return replicas.getOrDefault(replicaId, ReplicaCondition.UNKNOWN);
    }

    /** The node that leads a shard; 0: none known. */
    public int leader(int shard) {
        return leaders.getOrDefault(shard, 0);
    }

    /** Whether a replica takes part and has all that it should. */
    boolean isUp(ReplicaImage replica) {
        return replica.state() != ReplicaState.LOST
                && broker(replica.nodeId()).isAlive()
                && replica(replica.replicaId()).isWhole();
    }

    /**
     * Whether a majority of a shard's voters is up, with one of them out of account.
     *
     * @param without the replica that is thought away; 0: none
     */
    boolean hasQuorum(ShardImage shard, long without) {
        int voters = 0;
        int up = 0;
        for (ReplicaImage replica : shard.replicas()) {
            boolean votes =
                    replica.state() == ReplicaState.VOTER
                            || shard.confirmed().voterIds().contains(replica.replicaId());
            if (votes && replica.replicaId() != without) {
                voters++;
                up += isUp(replica) ? 1 : 0;
            }
        }
        return up >= voters / 2 + 1;
    }

    /** Bytes of the largest replica of a shard. */
    long bytes(ShardImage shard) {
        return shard.replicas().stream()
                .mapToLong(one -> replica(one.replicaId()).logBytes())
                .max()
                .orElse(0);
    }
}
