package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.Ownership;
import io.millrace.broker.group.PartitionKey;
import io.millrace.v1.MemberProgress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one member has said last of each partition that it holds. Used on the coordinator's lane.
 */
final class ProgressNotes {

    private static final int MAX_FILTER = 4_096;

    /** Of all members together, in queue mode, where each may hold every partition. */
    private static final int MAX_NOTES = 4 * GroupLimits.MAX_PARTITIONS;

    private final MemberStay stay;
    private final Map<PartitionKey, MemberProgress> newest = new HashMap<>();
    private final Standstill<PartitionKey> positions = new Standstill<>();

    ProgressNotes(MemberStay stay) {
        this.stay = stay;
    }

    /** What a heartbeat tells; what it does not name is as before. */
    void note(List<MemberProgress> told, GroupState group, long nanoTime) {
        for (MemberProgress one : told) {
            PartitionKey partition =
                    new PartitionKey(
                            one.getPartition().getTopicId(), one.getPartition().getPartition());
            if (isHeld(group, partition, one.getPartition().getAssignmentEpoch())
                    && one.getFilter().length() <= MAX_FILTER
                    && (newest.containsKey(partition) || hasRoom(group))) {
                newest.put(partition, one);
                positions.note(partition, one.getPosition(), nanoTime);
            }
        }
    }

    /** What is noted of the partitions that it still holds; forgets the rest. */
    Map<PartitionKey, PartitionProgress> progress(GroupState group, long nanoTime) {
        newest.entrySet()
                .removeIf(
                        one ->
                                !isHeld(
                                        group,
                                        one.getKey(),
                                        one.getValue().getPartition().getAssignmentEpoch()));
        positions.forget(partition -> !newest.containsKey(partition));
        Map<PartitionKey, PartitionProgress> all = new HashMap<>();
        newest.forEach(
                (partition, told) ->
                        all.put(
                                partition,
                                new PartitionProgress(
                                        told.getPartition().getAssignmentEpoch(),
                                        told.getPosition(),
                                        told.getOutOfCredit(),
                                        told.getPaused(),
                                        told.getDelivered(),
                                        told.getFiltered(),
                                        told.getFilter(),
                                        positions.stillMs(partition, nanoTime))));
        return all;
    }

    private boolean hasRoom(GroupState group) {
        return group.mode() == GroupMode.STREAM
                || newest.size() < MAX_NOTES / Math.max(1, group.members().size());
    }

    private boolean isHeld(GroupState group, PartitionKey partition, long assignmentEpoch) {
        if (group.mode() == GroupMode.QUEUE) {
            GroupTopic topic = group.topics().get(partition.topicId());
            Member member = group.members().get(stay.memberId());
            return topic != null
                    && partition.partition() >= 0
                    && partition.partition() < topic.partitionCount()
                    && member != null
                    && member.subscription().matches(topic.name());
        }
        Ownership owner = group.owners().get(partition);
        return owner != null
                && owner.assignmentEpoch() == assignmentEpoch
                && owner.memberId().equals(stay.memberId())
                && owner.memberEpoch() == stay.memberEpoch();
    }
}
