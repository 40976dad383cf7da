package io.millrace.broker.coordinator;

import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.PartitionKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A group as its coordinator sees it: what is replicated, and what is in its memory alone. A copy
 * of one moment. Immutable.
 *
 * @param group what is replicated
 * @param term the term in which the coordinator leads
 * @param leadingMs for how long it has been leading, in milliseconds: what follows is no older
 * @param members what it knows of each present stay
 * @param revocations what owners are told to give up, with the numbers of the ownerships
 * @param commitStillMs per partition with a committed offset, for how long that has not moved, in
 *     milliseconds, to within about a second
 * @param ownedMs per partition with an owner, for how long it has had that one, in milliseconds, to
 *     within about a second
 * @param rebalances how often somebody was given or told to give up partitions since it leads
 * @param leftOut the names of topics that members mean and the group does not follow, since it
 *     would be more than {@value GroupLimits#MAX_PARTITIONS} partitions
 */
public record GroupInsight(
        GroupState group,
        long term,
        long leadingMs,
        Map<MemberStay, MemberInsight> members,
        Map<AssignedPartition, Revocation> revocations,
        Map<PartitionKey, Long> commitStillMs,
        Map<PartitionKey, Long> ownedMs,
        long rebalances,
        List<String> leftOut) {

    public GroupInsight {
        members = Map.copyOf(members);
        revocations = Map.copyOf(revocations);
        commitStillMs = Map.copyOf(commitStillMs);
        ownedMs = Map.copyOf(ownedMs);
        leftOut = List.copyOf(leftOut);
    }

    /** What is known of a member in its present stay. */
    public Optional<MemberInsight> member(String memberId) {
        return Optional.ofNullable(group.members().get(memberId))
                .map(member -> members.get(member.stay()));
    }

    /**
     * A partition that its owner is told to give up.
     *
     * @param waitingMs for how long it has been told so, in milliseconds
     * @param remainingMs how long it may still take before the partition is taken away, in
     *     milliseconds
     */
    public record Revocation(long waitingMs, long remainingMs) {}
}
