package io.millrace.broker.coordinator;

import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommitEntry;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Ownership;
import io.millrace.broker.group.PartitionKey;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at what a member wants to commit before it is written: nobody is done with records that are
 * not there. What cannot be right is not written at all; whether the rest still is when it is
 * applied, the group decides. Used once, on the coordinator's lane.
 */
final class CommitCheck {

    /** Partitions whose leader is to be asked where they end. */
    private record Place(GroupTopic topic, int shard) {}

    private final GroupState group;
    private final LogEndBook ends;
    private final MemberChange change;
    private final Runnable done;
    private final Map<Place, List<CommitEntry>> unsure = new LinkedHashMap<>();
    private int unanswered;

    /**
     * @param done is called once each entry was accepted or refused, maybe before {@link #run}
     *     returns
     */
    CommitCheck(GroupState group, LogEndBook ends, MemberChange change, Runnable done) {
        this.group = group;
        this.ends = ends;
        this.change = change;
        this.done = done;
    }

    void run() {
        change.claimed().forEach(this::look);
        unanswered = unsure.size();
        if (unanswered == 0) {
            done.run();
            return;
        }
        unsure.forEach(this::ask);
    }

    private void look(CommitEntry entry) {
        if (!isOwned(entry)) {
            change.refuse(entry, notAssigned(entry));
        } else if (!entry.hasOffset() && change.kind() == MemberChange.Kind.RELEASE) {
            change.accept(entry);
        } else if (bytes(entry) > GroupLimits.MAX_METADATA_BYTES) {
            change.refuse(
                    entry,
                    Failures.invalid(
                            "metadata",
                            "%,d bytes; at most %,d are kept"
                                    .formatted(bytes(entry), GroupLimits.MAX_METADATA_BYTES)));
        } else {
            lookAtOffset(entry);
        }
    }

    private void lookAtOffset(CommitEntry entry) {
        PartitionKey partition = entry.partition().partition();
        GroupTopic topic = group.topics().get(partition.topicId());
        boolean before =
                group.committed(partition)
                        .filter(committed -> isUpTo(entry, committed.offset()))
                        .isPresent();
        if (before || isUpTo(entry, ends.known(topic, partition))) {
            change.accept(entry);
        } else {
            Place place = new Place(topic, ends.shard(topic, partition));
            unsure.computeIfAbsent(place, one -> new ArrayList<>()).add(entry);
        }
    }

    private void ask(Place place, List<CommitEntry> entries) {
        Set<Integer> partitions = new TreeSet<>();
        entries.forEach(entry -> partitions.add(entry.partition().partition().partition()));
        ends.ask(
                place.topic(),
                place.shard(),
                partitions,
                failure -> {
                    entries.forEach(entry -> decide(place.topic(), entry, failure));
                    if (--unanswered == 0) {
                        done.run();
                    }
                });
    }

    private void decide(GroupTopic topic, CommitEntry entry, MillraceException failure) {
        PartitionKey partition = entry.partition().partition();
        long end = ends.known(topic, partition);
        if (isUpTo(entry, end)) {
            change.accept(entry);
        } else if (failure != null) {
            change.refuse(entry, failure);
        } else {
            change.refuse(entry, beyond(topic, entry, end));
        }
    }

    /** Numbers of ownerships are given once, and told only after they are in force. */
    private MillraceException notAssigned(CommitEntry entry) {
        return MillraceException.of(
                        ErrorCode.NOT_ASSIGNED,
                        "the member does not have partition %d of topic id %s under the number %s; drop"
                                        .formatted(
                                                entry.partition().partition().partition(),
                                                Long.toUnsignedString(
                                                        entry.partition().partition().topicId()),
                                                Long.toUnsignedString(
                                                        entry.partition().assignmentEpoch()))
                                + " what is in work of it")
                .with("field", "partition");
    }

    private static MillraceException beyond(GroupTopic topic, CommitEntry entry, long end) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "offset: %s is beyond the log end %d of partition %s/%d; commit the next offset"
                                        .formatted(
                                                Long.toUnsignedString(entry.offset()),
                                                end,
                                                topic.name(),
                                                entry.partition().partition().partition())
                                + " to be processed, of this very topic")
                .with("field", "offset")
                .with("log_end_offset", end);
    }

    /** Offsets are unsigned on the wire: one below 0 is beyond everything. */
    private static boolean isUpTo(CommitEntry entry, long end) {
        return entry.offset() >= 0 && entry.offset() <= end;
    }

    private boolean isOwned(CommitEntry entry) {
        AssignedPartition named = entry.partition();
        Ownership owner = group.owners().get(named.partition());
        return owner != null
                && owner.assignmentEpoch() == named.assignmentEpoch()
                && owner.memberEpoch() == change.stay().memberEpoch()
                && owner.memberId().equals(change.stay().memberId());
    }

    private static int bytes(CommitEntry entry) {
        return entry.metadata().getBytes(StandardCharsets.UTF_8).length;
    }
}
