package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.HashSet;
import java.util.Set;

/** What becomes of a draft when the subscriptions match other topics. */
final class TopicChange {

    /** Nobody has committed it: there is no time of it. */
    private static final CommittedOffset BEGINNING = new CommittedOffset(0, "", 0);

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
            beginWhatHasGrown(topics);
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

    /**
     * What a topic has got since the group follows it is the group's from the first record on. Else
     * members that begin at the end where nothing is committed would pass over what was published
     * before they had heard of it, and those that refuse to guess would stop.
     */
    private void beginWhatHasGrown(PersistentMap<Long, GroupTopic> topics) {
        if (draft.before.mode() == GroupMode.QUEUE) {
            return;
        }
        for (GroupTopic topic : topics.values()) {
            GroupTopic known = draft.topics.get(topic.topicId());
            for (int i = known == null ? topic.partitionCount() : known.partitionCount();
                    i < topic.partitionCount();
                    i++) {
                PartitionKey partition = new PartitionKey(topic.topicId(), i);
                if (!draft.offsets.containsKey(partition)
                        && draft.offsets.size() < GroupLimits.MAX_OFFSETS) {
                    draft.offsets = draft.offsets.with(partition, BEGINNING);
                }
            }
        }
    }

    private void takeAwayWhatIsGone() {
        for (PartitionKey partition : draft.owners().keySet()) {
            if (!draft.topics.containsKey(partition.topicId())) {
                draft.free(partition);
            }
        }
    }
}
