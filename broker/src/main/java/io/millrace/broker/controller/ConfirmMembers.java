package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.List;

/**
 * The leader of a shard says which members are in force. What is lost or on its way out and not
 * among them is gone. Older news than those known change nothing.
 *
 * @param shard the shard
 * @param term the leader's Raft term
 * @param index a Raft index that was committed when the members were read, and at which nothing was
 *     left of any change of theirs
 * @param voters the replica ids of the voters, 1 to 100
 * @param learners the replica ids of the learners, at most 100
 */
public record ConfirmMembers(
        int shard, long term, long index, List<Long> voters, List<Long> learners)
        implements ShardChange {

    private static final int MAX_MEMBERS = 100;

    public ConfirmMembers {
        voters = List.copyOf(voters);
        learners = List.copyOf(learners);
    }

    /** What the leader sees, as it goes on the way. */
    public static ConfirmMembers of(int shard, long term, long index, Members inForce) {
        return new ConfirmMembers(
                shard, term, index, ids(inForce.voters()), ids(inForce.learners()));
    }

    private static List<Long> ids(List<Member> members) {
        return members.stream().map(member -> (long) member.replicaId()).toList();
    }

    @Override
    public CommandKind kind() {
        return CommandKind.CONFIRM_MEMBERS;
    }

    @Override
    public Transition<ShardImage> applyTo(ControllerState state) {
        ShardImage image = state.requireShard(shard);
        if (voters.isEmpty() || Math.max(voters.size(), learners.size()) > MAX_MEMBERS) {
            throw ChangeRefused.invalid(
                    "a shard has 1 to %d voters and at most as many learners", MAX_MEMBERS);
        }
        if (!isNewsTo(image)) {
            return new Transition<>(state, image);
        }
        ConfirmedMembers news = inForce();
        List<ReplicaImage> left =
                image.replicas().stream().filter(one -> !isGone(one, news)).toList();
        return ShardChange.to(state, image.withReplicas(left).confirmedAs(news));
    }

    /** Whether a shard is not known to be so; a later index alone is no news. */
    public boolean isNewsTo(ShardImage image) {
        ConfirmedMembers news = inForce();
        return !news.isOlderThan(image.confirmed())
                && (!news.sameMembers(image.confirmed())
                        || image.replicas().stream().anyMatch(one -> isGone(one, news)));
    }

    private static boolean isGone(ReplicaImage replica, ConfirmedMembers news) {
        return !replica.state().isLasting() && !news.contains(replica.replicaId());
    }

    private ConfirmedMembers inForce() {
        return new ConfirmedMembers(term, index, voters, learners);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.int64(term);
        out.int64(index);
        out.list(voters, (id, to) -> to.int64(id));
        out.list(learners, (id, to) -> to.int64(id));
    }

    static ConfirmMembers decode(WireReader in) throws MalformedException {
        return new ConfirmMembers(
                in.int32(),
                in.int64(),
                in.int64(),
                in.list(WireReader::int64),
                in.list(WireReader::int64));
    }
}
