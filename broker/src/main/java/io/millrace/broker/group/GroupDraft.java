package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ConfigureGroup;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.ForceRelease;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A group while one command changes it. Used once, by one thread. */
final class GroupDraft {

    final GroupState before;

    PersistentMap<String, Member> members;
    PersistentMap<Long, GroupTopic> topics;
    PersistentMap<String, Long> followed;
    PersistentMap<PartitionKey, CommittedOffset> offsets;
    GroupConfig config;
    long mapVersion;
    long nextMemberEpoch;
    long nextSeekId;
    List<SeekLogEntry> seekLog;

    private PersistentMap<PartitionKey, Ownership> owners;
    private final Set<String> changedMembers = new HashSet<>();
    private long placementVersion;
    private boolean paused;
    private long nextAssignmentEpoch;

    GroupDraft(GroupState before) {
        this.before = before;
        this.members = before.members();
        this.topics = before.topics();
        this.followed = before.followed();
        this.owners = before.owners();
        this.offsets = before.offsets();
        this.config = before.config();
        this.placementVersion = before.placementVersion();
        this.paused = before.paused();
        this.mapVersion = before.mapVersion();
        this.nextMemberEpoch = before.counters().nextMemberEpoch();
        this.nextAssignmentEpoch = before.counters().nextAssignmentEpoch();
        this.nextSeekId = before.counters().nextSeekId();
        this.seekLog = before.seekLog();
    }

    GroupTransition<GroupState> apply(GroupCommand command) {
        GroupResult result = resultOf(command);
        GroupState after = toState();
        return new GroupTransition<>(after, result, changedMembers);
    }

    private GroupResult resultOf(GroupCommand command) {
        if (command instanceof CommitOffsets commit) {
            return new Progress(this).commit(commit);
        } else if (command instanceof JoinGroup join) {
            return new Membership(this).join(join);
        } else if (command instanceof LeaveGroup leave) {
            return new Membership(this).leave(leave);
        } else if (command instanceof ExpireMembers expire) {
            return new Membership(this).expire(expire);
        } else if (command instanceof ReleasePartitions release) {
            return new Progress(this).release(release);
        } else if (command instanceof ForceRelease force) {
            return new Progress(this).force(force);
        } else if (command instanceof SeekOffsets seek) {
            return new Progress(this).seek(seek);
        } else if (command instanceof TopicsChanged change) {
            return new TopicChange(this).take(change);
        } else if (command instanceof PauseGroup pause) {
            return pause(pause.paused());
        } else if (command instanceof ConfigureGroup configure) {
            return configure(configure.config(), configure.placementVersion());
        } else if (command instanceof OpenGroup open) {
            return configure(open.config(), open.placementVersion());
        }
        return new Refused(
                ErrorCode.INTERNAL, "a group does not take " + command.getClass().getSimpleName());
    }

    private Done pause(boolean wanted) {
        if (paused == wanted) {
            return new Done(false);
        }
        paused = wanted;
        changedMembers.addAll(members.keySet());
        return new Done(true);
    }

    private Done configure(GroupConfig wanted, long version) {
        if (version <= placementVersion) {
            return new Done(false);
        }
        placementVersion = version;
        config = wanted;
        if (wanted.assignor() != before.config().assignor()) {
            shareOut();
        }
        return new Done(true);
    }

    /** Whether a stay is the present one of its member. */
    boolean isPresent(MemberStay stay) {
        Member member = members.get(stay.memberId());
        return member != null && member.memberEpoch() == stay.memberEpoch();
    }

    boolean isPaused() {
        return paused;
    }

    PersistentMap<PartitionKey, Ownership> owners() {
        return owners;
    }

    Ownership owner(PartitionKey partition) {
        return owners.get(partition);
    }

    /** Whether a member is there and follows a partition's topic. */
    boolean follows(String memberId, PartitionKey partition) {
        Member member = members.get(memberId);
        GroupTopic topic = topics.get(partition.topicId());
        return member != null && topic != null && member.subscription().matches(topic.name());
    }

    /** A member's assignment is another now. */
    void changed(String memberId) {
        changedMembers.add(memberId);
    }

    /** Gives a partition to a member under a new number; whoever had it has it no more. */
    void grant(PartitionKey partition, String memberId) {
        Ownership former = owners.get(partition);
        if (former != null) {
            changed(former.memberId());
        }
        changed(memberId);
        owners =
                owners.with(
                        partition,
                        Ownership.owned(members.get(memberId).stay(), nextAssignmentEpoch++));
    }

    /** Takes a partition from whoever has it. */
    void free(PartitionKey partition) {
        changed(owners.get(partition).memberId());
        owners = owners.without(partition);
    }

    /** Whether an ownership was given by this very command: nobody has been told of it. */
    boolean isFresh(Ownership owner) {
        return owner.assignmentEpoch() >= before.counters().nextAssignmentEpoch();
    }

    /** Says who is to have a partition that an owner has, and is to give up if it is another. */
    void aim(PartitionKey partition, Ownership present, String target) {
        if (present.target().equals(target)) {
            return;
        }
        if (isFresh(present)) {
            grant(partition, target);
        } else {
            changed(present.memberId());
            owners = owners.with(partition, present.revokedFor(target));
        }
    }

    /** Decides anew who is to have which partition. */
    void shareOut() {
        if (before.mode() == GroupMode.STREAM) {
            new Sharing(this).share(Assignor.of(config.assignor()));
        }
    }

    private GroupState toState() {
        boolean moved =
                members != before.members()
                        || topics != before.topics()
                        || owners != before.owners()
                        || paused != before.paused()
                        || placementVersion != before.placementVersion();
        if (!moved
                && offsets == before.offsets()
                && mapVersion == before.mapVersion()
                && nextSeekId == before.counters().nextSeekId()) {
            return before;
        }
        return new GroupState(
                before.groupId(),
                before.name(),
                before.mode(),
                config,
                placementVersion,
                paused,
                mapVersion,
                new GroupCounters(
                        before.groupEpoch() + (moved ? 1 : 0),
                        nextMemberEpoch,
                        nextAssignmentEpoch,
                        nextSeekId),
                members,
                topics,
                followed,
                owners,
                offsets,
                seekLog);
    }
}
