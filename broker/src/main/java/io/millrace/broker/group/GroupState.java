package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that is replicated of one group. Immutable: each command makes another, and any thread may
 * read it.
 *
 * <p>What always holds: an owner and a target are members in their present stay that follow the
 * topic; a partition of {@link #topics} that any member follows has an owner (not in queue mode,
 * where nobody owns anything); who is not the target is {@link Ownership.State#REVOKING}.
 *
 * @param groupId its id, never used twice in the cluster
 * @param name its name
 * @param mode how records are shared
 * @param config its settings
 * @param placementVersion the version of the controller's intent that they are from
 * @param paused whether members are to process nothing new
 * @param mapVersion the version of the cluster map that the topics are from
 * @param counters the numbers that are never given twice
 * @param members the present members by id
 * @param topics what their subscriptions match, by id, as last told by {@link
 *     GroupCommand.TopicsChanged}
 * @param followed since when the group follows each name and pattern that a member has ever
 *     followed, even if nobody does at the moment: the highest id of a partition at that time. At
 *     most {@value GroupLimits#MAX_SUBSCRIBED}
 * @param owners who has which partition
 * @param offsets how far the group has come; survives members
 * @param seekLog the newest seeks, newest first, at most {@value GroupLimits#MAX_SEEKS}
 */
public record GroupState(
        long groupId,
        String name,
        GroupMode mode,
        GroupConfig config,
        long placementVersion,
        boolean paused,
        long mapVersion,
        GroupCounters counters,
        PersistentMap<String, Member> members,
        PersistentMap<Long, GroupTopic> topics,
        PersistentMap<String, Long> followed,
        PersistentMap<PartitionKey, Ownership> owners,
        PersistentMap<PartitionKey, CommittedOffset> offsets,
        List<SeekLogEntry> seekLog) {

    public GroupState {
        seekLog = List.copyOf(seekLog);
    }

    static GroupState opened(GroupCommand.OpenGroup command) {
        return new GroupState(
                command.groupId(),
                command.name(),
                command.mode(),
                command.config(),
                command.placementVersion(),
                false,
                0,
                GroupCounters.FIRST,
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                List.of());
    }

    /** What a command about this group makes of it, but for opening and dropping it. */
    GroupTransition<GroupState> apply(GroupCommand command) {
        return new GroupDraft(this).apply(command);
    }

    /** Grows with every change but that of offsets; never given twice. */
    public long groupEpoch() {
        return counters.groupEpoch();
    }

    /** Whether a stay is the present one of its member: what it sends may be accepted. */
    public boolean isPresent(MemberStay stay) {
        Member member = members.get(stay.memberId());
        return member != null && member.memberEpoch() == stay.memberEpoch();
    }

    /** How long a member may be silent, in milliseconds: as it asked, or as the group has it. */
    public long leaseMs(Member member) {
        int asked = member.joining().leaseMs();
        return asked == 0 ? config.leaseMs() : asked;
    }

    /** What is committed of a partition. */
    public Optional<CommittedOffset> committed(PartitionKey partition) {
        return Optional.ofNullable(offsets.get(partition));
    }

    /**
     * What a member is to hold and to give up; nothing if there is no such member. Takes time for
     * each partition of the group: see {@link #assignments}.
     */
    public MemberAssignment assignment(String memberId) {
        Member member = members.get(memberId);
        if (member == null) {
            return MemberAssignment.NONE;
        }
        if (mode == GroupMode.QUEUE) {
            return everythingFollowed(member.subscription());
        }
        List<AssignedPartition> held = new ArrayList<>();
        List<AssignedPartition> revoked = new ArrayList<>();
        owners.forEach(
                (partition, owner) -> {
                    if (owner.memberId().equals(memberId)) {
                        (owner.isRevoking() ? revoked : held).add(assigned(partition, owner));
                    }
                });
        return new MemberAssignment(held, revoked);
    }

    /** What each member is to hold and to give up, by member id, in one go. */
    public Map<String, MemberAssignment> assignments() {
        Map<String, MemberAssignment> all = new TreeMap<>();
        if (mode == GroupMode.QUEUE) {
            // Most members follow the same, and each holds all of it.
            Map<Subscription, MemberAssignment> same = new HashMap<>();
            members.forEach(
                    (id, member) ->
                            all.put(
                                    id,
                                    same.computeIfAbsent(
                                            member.subscription(), this::everythingFollowed)));
            return all;
        }
        Map<String, List<AssignedPartition>> held = new TreeMap<>();
        Map<String, List<AssignedPartition>> revoked = new TreeMap<>();
        owners.forEach(
                (partition, owner) ->
                        (owner.isRevoking() ? revoked : held)
                                .computeIfAbsent(owner.memberId(), id -> new ArrayList<>())
                                .add(assigned(partition, owner)));
        for (String id : members.keySet()) {
            all.put(
                    id,
                    new MemberAssignment(
                            held.getOrDefault(id, List.of()), revoked.getOrDefault(id, List.of())));
        }
        return all;
    }

    private MemberAssignment everythingFollowed(Subscription subscription) {
        List<AssignedPartition> held = new ArrayList<>();
        for (GroupTopic topic : topics.values()) {
            for (int i = 0; subscription.matches(topic.name()) && i < topic.partitionCount(); i++) {
                held.add(new AssignedPartition(new PartitionKey(topic.topicId(), i), 0));
            }
        }
        return new MemberAssignment(held, List.of());
    }

    private static AssignedPartition assigned(PartitionKey partition, Ownership owner) {
        return new AssignedPartition(partition, owner.assignmentEpoch());
    }

    void encode(WireWriter out) {
        GroupStateCodec.encode(this, out);
    }

    static GroupState decode(WireReader in) throws MalformedException {
        return GroupStateCodec.decode(in);
    }
}
