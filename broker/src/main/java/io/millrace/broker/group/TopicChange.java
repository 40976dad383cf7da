package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.HashSet;
import java.util.Set;

/** What becomes of a draft when the subscriptions match other topics. */
final class TopicChange {

    private final GroupDraft draft;

    TopicChange(GroupDraft draft) {
        this.draft = draft;
    }

    GroupResult take(TopicsChanged command) {
        if (command.mapVersion() < draft.mapVersion) {
            return new Done(false);
        }
        Set<Long> deleted = new HashSet<>(command.deleted());
        PersistentMap<Long, GroupTopic> topics = topicsOf(command, deleted);
        long partitions = topics.values().stream().mapToLong(GroupTopic::partitionCount).sum();
        if (partitions > GroupLimits.MAX_PARTITIONS) {
            return new Refused(
                    ErrorCode.INVALID_GROUP,
                    "the subscriptions of the group \"%s\" match %,d partitions, at most %,d are"
                                    .formatted(
                                            draft.before.name(),
                                            partitions,
                                            GroupLimits.MAX_PARTITIONS)
                            + " allowed; narrow its patterns, or share the topics among groups");
        }
        draft.mapVersion = command.mapVersion();
        boolean changed = forget(deleted);
        if (!topics.equals(draft.topics)) {
            draft.topics = topics;
            takeAwayWhatIsGone();
            if (draft.before.mode() == GroupMode.QUEUE) {
                draft.members.keySet().forEach(draft::changed);
            }
            draft.shareOut();
            changed = true;
        }
        return new Done(changed);
    }

    /** Topics never lose partitions: who says so has an older map. */
    private PersistentMap<Long, GroupTopic> topicsOf(TopicsChanged command, Set<Long> deleted) {
        PersistentMap<Long, GroupTopic> topics = PersistentMap.empty();
        for (GroupTopic topic : command.topics()) {
            GroupTopic known = draft.topics.get(topic.topicId());
            boolean older = known != null && known.partitionCount() > topic.partitionCount();
            if (!deleted.contains(topic.topicId())) {
                topics = topics.with(topic.topicId(), older ? known : topic);
            }
        }
        return topics;
    }

    private boolean forget(Set<Long> deleted) {
        boolean changed = false;
        for (PartitionKey partition : draft.offsets.keySet()) {
            if (deleted.contains(partition.topicId())) {
                draft.offsets = draft.offsets.without(partition);
                changed = true;
            }
        }
        return changed;
    }

    private void takeAwayWhatIsGone() {
        for (PartitionKey partition : draft.owners().keySet()) {
            if (!draft.topics.containsKey(partition.topicId())) {
                draft.free(partition);
            }
        }
    }
}
