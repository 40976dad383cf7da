package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.function.Supplier;

/** Says where to turn to when this broker cannot do what it is asked. Thread-safe; never blocks. */
public final class Redirects {

    /** The metadata key for the epoch of the leader that {@link MillraceException#LEADER} names. */
    public static final String LEADER_EPOCH = "leader_epoch";

    private final Supplier<ClusterImage> image;
    private final LeaderDirectory leaders;
    private final int self;

    /**
     * @param self this broker's node id
     */
    public Redirects(Supplier<ClusterImage> image, LeaderDirectory leaders, int self) {
        this.image = image;
        this.leaders = leaders;
        this.self = self;
    }

    /** The leader of a shard, as far as known here. */
    public ShardLeader leader(int shard) {
        return leaders.leader(shard);
    }

    /** Where clients reach the leader of a shard if that is another broker; empty if not known. */
    public String leaderAddress(int shard) {
        ShardLeader leader = leaders.leader(shard);
        return leader.nodeId() == self ? "" : addressOf(leader.nodeId());
    }

    /** Where clients reach the leader or else another live replica of a shard; empty if nowhere. */
    public String replicaAddress(int shard) {
        String leader = leaderAddress(shard);
        ShardImage placed = image.get().shards().get(shard);
        if (!leader.isEmpty() || placed == null) {
            return leader;
        }
        return placed.replicas().stream()
                .filter(ClusterMaps::isReadable)
                .map(ReplicaImage::nodeId)
                .filter(node -> node != self && leaders.isAlive(node))
                .map(this::addressOf)
                .filter(address -> !address.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String addressOf(int nodeId) {
        BrokerImage broker = image.get().brokers().get(nodeId);
        return broker == null ? "" : broker.clientAddress();
    }

    /** The same failure, with the leader of a shard if another broker is known to lead it. */
    public MillraceException toLeader(MillraceException failure, int shard) {
        ShardLeader leader = leaders.leader(shard);
        String address = leader.nodeId() == self ? "" : addressOf(leader.nodeId());
        MillraceException hinted = failure.with("shard", shard);
        return address.isEmpty()
                ? hinted
                : hinted.with(MillraceException.LEADER, address).with(LEADER_EPOCH, leader.epoch());
    }

    /** The same failure, with the leader or else another live replica, if one is known. */
    public MillraceException toAnother(MillraceException failure, int shard) {
        MillraceException hinted = toLeader(failure, shard);
        String another = hinted.leader().isPresent() ? "" : replicaAddress(shard);
        return another.isEmpty() ? hinted : hinted.with(MillraceException.LEADER, another);
    }

    /**
     * For what only the leader does, on a broker that does not lead: NOT_LEADER if somebody else is
     * known to, LEADER_UNAVAILABLE if not.
     *
     * @param what such as "partition orders/3"
     */
    public MillraceException notLeading(String what, int shard) {
        ShardLeader leader = leaders.leader(shard);
        boolean elsewhere = leader.isKnown() && leader.nodeId() != self;
        return toLeader(
                elsewhere
                        ? MillraceException.of(
                                ErrorCode.NOT_LEADER,
                                "%s is led by broker %d, not by this one; turn to it"
                                        .formatted(what, leader.nodeId()))
                        : MillraceException.of(
                                ErrorCode.LEADER_UNAVAILABLE,
                                what + " has no leader at the moment; try again"),
                shard);
    }

    /**
     * For what needs a replica, on a broker that has none.
     *
     * @param what such as "partition orders/3"
     */
    public MillraceException notHere(String what, int shard) {
        return toLeader(
                MillraceException.of(
                        ErrorCode.NOT_LEADER,
                        what
                                + " has no replica on this broker; refresh the cluster map and turn"
                                + " to one that has"),
                shard);
    }
}
