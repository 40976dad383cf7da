package io.millrace.broker.controller;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides what the leader of a shard proposes next, so that the members in force become those that
 * the map wants. Decides only.
 *
 * <p>One step at a time: learners first; then one voter in, and with it one out that is lost or on
 * its way out; then, when nobody is awaited any more, the rest out one by one. So nobody leaves
 * before its replacement counts. Steps that would leave the voters without a majority that answers
 * are put off: once begun, such a change could neither be finished nor taken back.
 */
public final class MembersPlan {

    private MembersPlan() {}

    /** As {@link #next(ShardImage, Members, Predicate)}, as if all but lost replicas answered. */
    public static Optional<Members> next(ShardImage wanted, Members inForce) {
        return next(wanted, inForce, member -> true);
    }

    /**
     * The next members.
     *
     * @param wanted the shard by the newest map known
     * @param inForce the members by the newest committed configuration
     * @param answering whether a member answers and is not far behind, as the leader sees it
     * @return empty if there is nothing to do now
     */
    public static Optional<Members> next(
            ShardImage wanted, Members inForce, Predicate<Member> answering) {
        boolean newerMap =
                inForce.all().stream().anyMatch(one -> one.replicaId() > wanted.lastReplicaId());
        if (inForce.voters().isEmpty() || newerMap) {
            return Optional.empty(); // an older intent must not undo a newer one
        }
        List<Member> learners = learners(wanted, inForce);
        if (!learners.equals(inForce.learners())) {
            return Optional.of(new Members(inForce.voters(), learners));
        }
        Optional<Member> in = firstIn(wanted, inForce);
        boolean awaited = wanted.replicas().stream().anyMatch(one -> one.state().isComing());
        Optional<Member> out =
                in.isPresent() || !awaited ? firstOut(wanted, inForce) : Optional.empty();
        if (in.isEmpty() && out.isEmpty()) {
            return Optional.empty();
        }
        List<Member> voters = new ArrayList<>(inForce.voters());
        out.ifPresent(voters::remove);
        in.ifPresent(voters::add);
        in.ifPresent(learners::remove);
        long up =
                voters.stream()
                        .filter(one -> stateOf(wanted, one) != ReplicaState.LOST)
                        .filter(answering)
                        .count();
        return up >= voters.size() / 2 + 1
                ? Optional.of(new Members(voters, learners))
                : Optional.empty();
    }

    /** Learners in force that are to be learners or voters, and the learners that are missing. */
    private static List<Member> learners(ShardImage wanted, Members inForce) {
        List<Member> learners = new ArrayList<>();
        for (Member member : inForce.learners()) {
            ReplicaState state = stateOf(wanted, member);
            if (state != null && state.isLasting()) {
                learners.add(member);
            }
        }
        for (ReplicaImage replica : wanted.in(ReplicaState.LEARNER)) {
            if (!inForce.all().contains(replica.member())) {
                learners.add(replica.member());
            }
        }
        return learners;
    }

    private static Optional<Member> firstIn(ShardImage wanted, Members inForce) {
        return wanted.in(ReplicaState.VOTER).stream()
                .map(ReplicaImage::member)
                .filter(member -> !inForce.voters().contains(member))
                .min(Comparator.comparingInt(Member::replicaId));
    }

    /** What the map has forgotten goes before what is lost, and that before what is leaving. */
    private static Optional<Member> firstOut(ShardImage wanted, Members inForce) {
        return inForce.voters().stream()
                .filter(member -> urgency(stateOf(wanted, member)) < 3)
                .min(
                        Comparator.<Member>comparingInt(one -> urgency(stateOf(wanted, one)))
                                .thenComparingInt(Member::replicaId));
    }

    private static int urgency(ReplicaState state) {
        if (state == null) {
            return 0;
        }
        return switch (state) {
            case LOST -> 1;
            case LEAVING -> 2;
            case NEW, LEARNER, VOTER -> 3; // a founder counts from the beginning
        };
    }

    private static ReplicaState stateOf(ShardImage wanted, Member member) {
        return wanted.replica(member.replicaId()).map(ReplicaImage::state).orElse(null);
    }
}
