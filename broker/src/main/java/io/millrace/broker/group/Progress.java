package io.millrace.broker.group;

import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.GroupResult.CommitRefusal;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.broker.group.GroupResult.Sought;
import io.millrace.protocol.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How offsets are committed and moved, and partitions given up: what of one command changes. */
final class Progress {

    private final GroupDraft draft;

    Progress(GroupDraft draft) {
        this.draft = draft;
    }

    static String fencedMessage(MemberStay stay) {
        return "the stay %d of member \"%s\" is over: it left, was silent for longer than its lease, or"
                        .formatted(stay.memberEpoch(), Words.shown(stay.memberId()))
                + " somebody took its place; drop what is in work and join anew";
    }

    Commits commit(CommitOffsets command) {
        return commit(command.commits(), command.leaderTimeMs());
    }

    /** Takes what members say; each entry on its own. */
    Commits commit(List<MemberCommit> commits, long timeMs) {
        List<List<CommitRefusal>> refused = new ArrayList<>(commits.size());
        for (MemberCommit commit : commits) {
            refused.add(
                    refusals(
                            commit,
                            entry -> {
                                if (entry.hasOffset()) {
                                    keep(entry, timeMs);
                                }
                            }));
        }
        return new Commits(refused);
    }

    Commits release(ReleasePartitions command) {
        List<CommitRefusal> refused =
                refusals(
                        command.last(),
                        entry -> {
                            if (entry.hasOffset()) {
                                keep(entry, command.leaderTimeMs());
                            }
                            PartitionKey partition = entry.partition().partition();
                            draft.grant(partition, draft.owner(partition).target());
                        });
        return new Commits(List.of(refused));
    }

    Done force(ForceRelease command) {
        boolean changed = false;
        for (AssignedPartition meant : command.partitions()) {
            Ownership owner = draft.owner(meant.partition());
            if (owner != null
                    && owner.isRevoking()
                    && owner.assignmentEpoch() == meant.assignmentEpoch()) {
                draft.grant(meant.partition(), owner.target());
                changed = true;
            }
        }
        return new Done(changed);
    }

    GroupResult seek(SeekOffsets command) {
        Optional<Refused> refusal = refusal(command);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        List<SeekMove> moves = new ArrayList<>(command.targets().size());
        for (SeekTarget target : command.targets()) {
            moves.add(move(target, command.leaderTimeMs()));
        }
        SeekLogEntry entry =
                new SeekLogEntry(
                        draft.nextSeekId++, command.leaderTimeMs(), command.reason(), moves);
        draft.seekLog = shortened(entry, draft.seekLog);
        draft.mapVersion = Math.max(draft.mapVersion, command.mapVersion());
        return new Sought(entry);
    }

    private List<CommitRefusal> refusals(MemberCommit commit, Consumer<CommitEntry> taker) {
        boolean present = draft.isPresent(commit.stay());
        List<CommitRefusal> refused = new ArrayList<>();
        for (CommitEntry entry : commit.entries()) {
            if (!present) {
                refused.add(
                        new CommitRefusal(
                                entry.partition(),
                                ErrorCode.MEMBER_FENCED,
                                fencedMessage(commit.stay())));
                continue;
            }
            Optional<CommitRefusal> refusal = refusal(commit.stay(), entry);
            refusal.ifPresentOrElse(refused::add, () -> taker.accept(entry));
        }
        return refused;
    }

    private Optional<CommitRefusal> refusal(MemberStay stay, CommitEntry entry) {
        AssignedPartition named = entry.partition();
        Ownership owner = draft.owner(named.partition());
        if (owner == null || !owner.isOf(stay, named.assignmentEpoch())) {
            return Optional.of(
                    new CommitRefusal(
                            named,
                            ErrorCode.NOT_ASSIGNED,
                            "member \"%s\" does not have partition %s under the number %d; drop what is"
                                            .formatted(
                                                    Words.shown(stay.memberId()),
                                                    nameOf(named.partition()),
                                                    named.assignmentEpoch())
                                    + " in work of it"));
        }
        return faultOf(entry)
                .map(fault -> new CommitRefusal(named, ErrorCode.INVALID_ARGUMENT, fault));
    }

    private Optional<String> faultOf(CommitEntry entry) {
        if (!entry.hasOffset()) {
            return Optional.empty();
        }
        if (entry.offset() < 0) {
            return Optional.of("offset: %d is below 0".formatted(entry.offset()));
        }
        int bytes = entry.metadata().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > GroupLimits.MAX_METADATA_BYTES) {
            return Optional.of(
                    "metadata: %,d bytes; at most %,d are kept"
                            .formatted(bytes, GroupLimits.MAX_METADATA_BYTES));
        }
        if (draft.offsets.size() >= GroupLimits.MAX_OFFSETS
                && !draft.offsets.containsKey(entry.partition().partition())) {
            return Optional.of(tooManyOffsets());
        }
        return Optional.empty();
    }

    /** Commits that overtake each other must not take the group back: the highest counts. */
    private void keep(CommitEntry entry, long timeMs) {
        PartitionKey partition = entry.partition().partition();
        CommittedOffset present = draft.offsets.get(partition);
        if (present == null || entry.offset() >= present.offset()) {
            draft.offsets =
                    draft.offsets.with(
                            partition,
                            new CommittedOffset(entry.offset(), entry.metadata(), timeMs));
        }
    }

    private Optional<Refused> refusal(SeekOffsets command) {
        if (draft.before.mode() == GroupMode.QUEUE) {
            return refused(
                    ErrorCode.INVALID_GROUP,
                    "the group \"%s\" is in queue mode: its progress is kept with the partitions, not"
                                    .formatted(draft.before.name())
                            + " as offsets");
        }
        int count = command.targets().size();
        if (count < 1 || count > GroupLimits.MAX_PARTITIONS) {
            return refused(
                    ErrorCode.INVALID_ARGUMENT,
                    "targets: %,d partitions; 1 to %,d can be moved at a time"
                            .formatted(count, GroupLimits.MAX_PARTITIONS));
        }
        if (command.targets().stream().map(SeekTarget::partition).distinct().count() < count) {
            return refused(ErrorCode.INVALID_ARGUMENT, "targets: a partition is there twice");
        }
        if (command.targets().stream().anyMatch(target -> target.offset() < SeekMove.NOTHING)) {
            return refused(ErrorCode.INVALID_ARGUMENT, "targets: an offset is below 0");
        }
        if (command.reason().length() > GroupLimits.MAX_REASON) {
            return refused(
                    ErrorCode.INVALID_ARGUMENT,
                    "reason: %,d characters; at most %,d are kept"
                            .formatted(command.reason().length(), GroupLimits.MAX_REASON));
        }
        long more =
                command.targets().stream()
                        .filter(target -> target.offset() != SeekMove.NOTHING)
                        .filter(target -> !draft.offsets.containsKey(target.partition()))
                        .count();
        if (draft.offsets.size() + more > GroupLimits.MAX_OFFSETS) {
            return refused(ErrorCode.INVALID_ARGUMENT, tooManyOffsets());
        }
        return draft.isPaused() ? Optional.empty() : inUse(command);
    }

    private Optional<Refused> inUse(SeekOffsets command) {
        for (SeekTarget target : command.targets()) {
            Ownership owner = draft.owner(target.partition());
            if (owner != null) {
                return refused(
                        ErrorCode.GROUP_IN_USE,
                        "partition %s is in the hands of member \"%s\"; stop the members, or pause the"
                                        .formatted(nameOf(target.partition()), owner.memberId())
                                + " group first: `millrace group pause %s`"
                                        .formatted(draft.before.name()));
            }
        }
        return Optional.empty();
    }

    private SeekMove move(SeekTarget target, long timeMs) {
        CommittedOffset before = draft.offsets.get(target.partition());
        draft.offsets =
                target.offset() == SeekMove.NOTHING
                        ? draft.offsets.without(target.partition())
                        : draft.offsets.with(
                                target.partition(),
                                new CommittedOffset(target.offset(), "", timeMs));
        Ownership owner = draft.owner(target.partition());
        if (owner != null) {
            draft.grant(target.partition(), owner.target());
        }
        return new SeekMove(
                target.partition(),
                before == null ? SeekMove.NOTHING : before.offset(),
                target.offset());
    }

    private static List<SeekLogEntry> shortened(SeekLogEntry newest, List<SeekLogEntry> older) {
        List<SeekLogEntry> log = new ArrayList<>();
        log.add(newest);
        int moves = newest.moves().size();
        for (SeekLogEntry entry : older) {
            moves += entry.moves().size();
            if (log.size() >= GroupLimits.MAX_SEEKS || moves > GroupLimits.MAX_SEEK_MOVES) {
                break;
            }
            log.add(entry);
        }
        return log;
    }

    private String tooManyOffsets() {
        return "the group \"%s\" would keep offsets of more than %,d partitions; forget those of topics"
                        .formatted(draft.before.name(), GroupLimits.MAX_OFFSETS)
                + " that it no longer follows";
    }

    private String nameOf(PartitionKey partition) {
        GroupTopic topic = draft.topics.get(partition.topicId());
        String name = topic == null ? "of topic id " + partition.topicId() : topic.name();
        return name + "/" + partition.partition();
    }

    private static Optional<Refused> refused(ErrorCode code, String message) {
        return Optional.of(new Refused(code, message));
    }
}
