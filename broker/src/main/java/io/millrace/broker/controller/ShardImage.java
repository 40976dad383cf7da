package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.raft.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A shard and its replicas. Immutable.
 *
 * @param shard its number; 0 is the controller
 * @param replicas its replicas, the one that is to lead first
 * @param founders the ids of the replicas that it is created with, in ascending order
 * @param confirmed who is in force, as far as its leaders have said
 * @param lastReplicaId the highest replica id ever placed in it: what is in force with a higher one
 *     was placed by a newer map than this
 */
public record ShardImage(
        int shard,
        List<ReplicaImage> replicas,
        List<Long> founders,
        ConfirmedMembers confirmed,
        long lastReplicaId) {

    /** The shard that holds the metadata itself. */
    public static final int CONTROLLER = 0;

    public ShardImage {
        replicas = List.copyOf(replicas);
        founders = List.copyOf(founders);
    }

    /** A shard in which nothing newer than its present replicas was ever placed. */
    public ShardImage(
            int shard,
            List<ReplicaImage> replicas,
            List<Long> founders,
            ConfirmedMembers confirmed) {
        this(
                shard,
                replicas,
                founders,
                confirmed,
                replicas.stream().mapToLong(ReplicaImage::replicaId).max().orElse(0));
    }

    /** Whether it is the controller. */
    public boolean isController() {
        return shard == CONTROLLER;
    }

    /** The replica of this id. */
    public Optional<ReplicaImage> replica(long replicaId) {
        return replicas.stream().filter(one -> one.replicaId() == replicaId).findFirst();
    }

    /** The replica on a broker that is not lost; a broker never holds two of those. */
    public Optional<ReplicaImage> replicaOn(int nodeId) {
        return replicas.stream()
                .filter(one -> one.nodeId() == nodeId && one.state() != ReplicaState.LOST)
                .findFirst();
    }

    /** Its replicas in a state. */
    public List<ReplicaImage> in(ReplicaState state) {
        return replicas.stream().filter(one -> one.state() == state).toList();
    }

    /** Its replicas that are there to stay. */
    public List<ReplicaImage> lasting() {
        return replicas.stream().filter(one -> one.state().isLasting()).toList();
    }

    /** Whether the shard is created with this replica. */
    public boolean isFounder(long replicaId) {
        return founders.contains(replicaId);
    }

    /** The members that it is created with, for the vote file of each of them. */
    public List<Member> foundingMembers() {
        return replicas.stream()
                .filter(one -> isFounder(one.replicaId()))
                .map(ReplicaImage::member)
                .toList();
    }

    /** What keeps another change from being begun, if anything: there is one at a time. */
    public Optional<String> changing() {
        for (ReplicaImage one : replicas) {
            boolean settled =
                    one.state() == ReplicaState.LOST
                            || one.state() == ReplicaState.VOTER
                                    && confirmed.voterIds().contains(one.replicaId());
            if (!settled) {
                return Optional.of(
                        "replica %d on broker %d is %s"
                                .formatted(
                                        one.replicaId(),
                                        one.nodeId(),
                                        one.state() == ReplicaState.VOTER
                                                ? "a voter that its leader has not confirmed yet"
                                                : one.state()));
            }
        }
        return Optional.empty();
    }

    ShardImage withReplicas(List<ReplicaImage> next) {
        long last =
                next.stream().mapToLong(ReplicaImage::replicaId).reduce(lastReplicaId, Math::max);
        return new ShardImage(shard, next, founders, confirmed, last);
    }

    /** The shard with one replica in another state. */
    ShardImage with(long replicaId, ReplicaState state) {
        return withReplicas(
                replicas.stream()
                        .map(one -> one.replicaId() == replicaId ? one.in(state) : one)
                        .toList());
    }

    ShardImage without(long replicaId) {
        return withReplicas(replicas.stream().filter(r -> r.replicaId() != replicaId).toList());
    }

    /** The shard with a new replica that takes the rank of another, or the last one. */
    ShardImage withNew(int nodeId, long replicaId, Optional<ReplicaImage> insteadOf) {
        List<ReplicaImage> next = new ArrayList<>(replicas);
        int rank = insteadOf.map(next::indexOf).orElse(next.size());
        next.add(rank, new ReplicaImage(nodeId, replicaId, ReplicaState.NEW));
        return withReplicas(next);
    }

    /**
     * The shard after a replica that was to count is none any more: if it was the last such, the
     * voters that were to go in exchange stay.
     */
    ShardImage withdrawn() {
        if (replicas.stream().anyMatch(one -> one.state().isComing())) {
            return this;
        }
        return withReplicas(
                replicas.stream()
                        .map(
                                one ->
                                        one.state() == ReplicaState.LEAVING
                                                        && confirmed
                                                                .voterIds()
                                                                .contains(one.replicaId())
                                                ? one.in(ReplicaState.VOTER)
                                                : one)
                        .toList());
    }

    /** The shard after a replica has gone on alone, under a new id. */
    ShardImage alone(int nodeId, long replicaId) {
        return new ShardImage(
                shard,
                List.of(new ReplicaImage(nodeId, replicaId, ReplicaState.VOTER)),
                founders,
                new ConfirmedMembers(0, 0, List.of(replicaId), List.of()),
                Math.max(lastReplicaId, replicaId));
    }

    /** The shard in which no replica id up to this one is placed any more. */
    ShardImage ahead(long newLastReplicaId) {
        return new ShardImage(shard, replicas, founders, confirmed, newLastReplicaId);
    }

    ShardImage confirmedAs(ConfirmedMembers next) {
        return new ShardImage(shard, replicas, founders, next, lastReplicaId);
    }

    void encode(WireWriter out) {
        out.int32(shard);
        out.list(replicas, ReplicaImage::encode);
        out.list(founders, (id, to) -> to.int64(id));
        confirmed.encode(out);
        out.int64(lastReplicaId);
    }

    static ShardImage decode(WireReader in) throws MalformedException {
        return new ShardImage(
                in.int32(),
                in.list(ReplicaImage::decode),
                in.list(WireReader::int64),
                ConfirmedMembers.decode(in),
                in.int64());
    }
}
