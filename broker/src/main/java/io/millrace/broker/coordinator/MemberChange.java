package io.millrace.broker.coordinator;

import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommitEntry;
import io.millrace.broker.group.GroupResult.CommitRefusal;
import io.millrace.broker.group.MemberCommit;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.PartitionKey;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CommittedOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something that a member wants to be written: a commit, a release, or its farewell. Used on the
 * coordinator's lane.
 */
final class MemberChange {

    private static final int MAX_PARTITIONS = 10_000;

    /** What it is. */
    enum Kind {
        COMMIT,
        RELEASE,
        LEAVE
    }

    private final MemberSession session;
    private final MemberStay stay;
    private final Kind kind;
    private final long correlationId;
    private final boolean restarting;
    private final int bytes;
    private final long deadlineNanos;
    private final Map<AssignedPartition, io.millrace.v1.AssignedPartition> named =
            new LinkedHashMap<>();
    private final List<CommitEntry> claimed = new ArrayList<>();
    private final List<CommitEntry> accepted = new ArrayList<>();
    private final List<io.millrace.v1.CommitRefusal> refused = new ArrayList<>();
    private boolean checked;

    /**
     * @param correlationId the request's; 0: it is not answered
     * @param bytes about what it takes in memory
     * @param deadlineNanos until when it is tried again if the shard is busy
     * @throws MillraceException if the list of partitions breaks the rules
     */
    MemberChange(
            MemberSession session,
            Kind kind,
            long correlationId,
            boolean restarting,
            List<CommittedOffset> offsets,
            int bytes,
            long deadlineNanos) {
        this.session = session;
        this.stay = session.stay();
        this.kind = kind;
        this.correlationId = correlationId;
        this.restarting = restarting;
        this.bytes = bytes;
        this.deadlineNanos = deadlineNanos;
        if (offsets.size() > MAX_PARTITIONS || kind == Kind.COMMIT && offsets.isEmpty()) {
            throw Failures.invalid(
                    "offsets",
                    "%,d partitions; commit 1 to %,d at a time"
                            .formatted(offsets.size(), MAX_PARTITIONS));
        }
        Set<PartitionKey> seen = new HashSet<>();
        for (CommittedOffset offset : offsets) {
            AssignedPartition partition = partition(offset.getPartition());
            if (!seen.add(partition.partition())) {
                throw Failures.invalid(
                        "offsets",
                        "partition %d of \"%s\" is named twice"
                                .formatted(
                                        partition.partition().partition(),
                                        offset.getPartition().getTopic()));
            }
            named.put(partition, offset.getPartition());
            claimed.add(new CommitEntry(partition, offset.getOffset(), offset.getMetadata()));
        }
    }

    static AssignedPartition partition(io.millrace.v1.AssignedPartition wire) {
        return new AssignedPartition(
                new PartitionKey(wire.getTopicId(), wire.getPartition()),
                wire.getAssignmentEpoch());
    }

    MemberSession session() {
        return session;
    }

    MemberStay stay() {
        return stay;
    }

    Kind kind() {
        return kind;
    }

    boolean isRestarting() {
        return restarting;
    }

    int bytes() {
        return bytes;
    }

    boolean isLate(long nanoTime) {
        return nanoTime - deadlineNanos >= 0;
    }

    /** What the member says, as it came. */
    List<CommitEntry> claimed() {
        return claimed;
    }

    /** What is to be written as it was said. */
    void accept(CommitEntry entry) {
        accepted.add(entry);
    }

    /** What is not to be written; a partition that is the member's is given up without it. */
    void refuse(CommitEntry entry, MillraceException why) {
        refused.add(MemberMessages.refusal(named.get(entry.partition()), why));
        if (kind == Kind.RELEASE && why.code() != ErrorCode.NOT_ASSIGNED) {
            accepted.add(new CommitEntry(entry.partition(), CommitEntry.NOTHING, ""));
        }
    }

    void markChecked() {
        checked = true;
    }

    boolean isChecked() {
        return checked;
    }

    /** Whether there is nothing to be written. */
    boolean isEmpty() {
        return accepted.isEmpty() && kind != Kind.LEAVE;
    }

    /** What is to be written. */
    MemberCommit commit() {
        return new MemberCommit(stay, accepted);
    }

    /** It is durable, but for what was refused. */
    void done(List<CommitRefusal> alsoRefused) {
        for (CommitRefusal refusal : alsoRefused) {
            refused.add(
                    MemberMessages.refusal(
                            named.get(refusal.partition()),
                            JoinRequest.refusal(refusal.code(), refusal.message())));
        }
        answer();
    }

    /** Nothing of it was written. */
    void failed(MillraceException why) {
        accepted.forEach(
                entry -> refused.add(MemberMessages.refusal(named.get(entry.partition()), why)));
        answer();
    }

    private void answer() {
        if (kind == Kind.LEAVE) {
            session.finish();
        } else {
            session.answer(MemberMessages.committed(correlationId, refused));
        }
    }
}
