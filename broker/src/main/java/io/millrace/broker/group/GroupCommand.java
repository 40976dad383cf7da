package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;
import java.util.List;

/**
 * What is to change about a group. Everything that is not the same on all replicas (time, what the
 * cluster map says) was put into it by the leader. {@link GroupCodec} gives the bytes. Applied by
 * {@link GroupTable#apply}; whatever is in it, that yields a result and never throws.
 */
public sealed interface GroupCommand {

    /** The group that it is about, by its id, never used twice in the cluster. */
    long groupId();

    /**
     * Opens a group as the controller means it to be; changes its settings if it is open with an
     * older version of them. A group that was dropped stays dropped. Yields Done.
     *
     * @param name its name
     * @param mode how records are shared
     * @param config its settings
     * @param placementVersion the version of the controller's intent; older ones are ignored
     */
    record OpenGroup(
            long groupId, String name, GroupMode mode, GroupConfig config, long placementVersion)
            implements GroupCommand {}

    /**
     * Changes the settings of a group. Yields Done.
     *
     * @param config its settings from now on, all of them
     * @param placementVersion the version of the controller's intent; older ones are ignored
     */
    record ConfigureGroup(long groupId, GroupConfig config, long placementVersion)
            implements GroupCommand {}

    /** Drops a group for good, its members and offsets too. Yields Done. */
    record DropGroup(long groupId) implements GroupCommand {}

    /**
     * Makes somebody a member, each with a new stay. Who joins with the id or the instance id of a
     * member takes its place and its partitions, and the former stay is fenced. Those who join
     * together are shared out once. Yields Joins.
     *
     * @param newestPartitionId the highest id of all partitions that the leader knows of: what has
     *     a higher one came into being after those who join began to follow anything
     * @param joining one or more, in the order in which they asked
     */
    record JoinGroup(long groupId, long newestPartitionId, List<Joining> joining)
            implements GroupCommand {

        public JoinGroup {
            joining = List.copyOf(joining);
        }
    }

    /**
     * A member goes. Yields Commits, with the refusals of one member; Refused with MEMBER_FENCED
     * unless the stay is the present one.
     *
     * @param leaderTimeMs the leader's clock, milliseconds since 1970 UTC
     * @param last who goes, and its last offsets
     * @param restarting a member with an instance id keeps its place until its lease has run out
     */
    record LeaveGroup(long groupId, long leaderTimeMs, MemberCommit last, boolean restarting)
            implements GroupCommand {}

    /**
     * Takes members for dead. Stays that are not the present ones are ignored. Yields Done.
     *
     * @param stays whose leases have run out; those who go together are shared out once
     */
    record ExpireMembers(long groupId, List<MemberStay> stays) implements GroupCommand {

        public ExpireMembers {
            stays = List.copyOf(stays);
        }
    }

    /**
     * Says what the subscriptions match. Offsets are dropped only of topics that are named as
     * deleted: a topic that is missing may just not be followed. Yields Done, or Refused if there
     * are more than {@value GroupLimits#MAX_PARTITIONS} partitions.
     *
     * @param mapVersion the version of the cluster map; what an older one says is ignored
     * @param topics all topics that any member's subscription matches, in any order
     * @param deleted ids of topics that are gone for good
     */
    record TopicsChanged(long groupId, long mapVersion, List<GroupTopic> topics, List<Long> deleted)
            implements GroupCommand {

        public TopicsChanged {
            topics = List.copyOf(topics);
            deleted = List.copyOf(deleted);
        }
    }

    /**
     * Commits offsets of members. Yields Commits, one list of refusals for each member.
     *
     * @param leaderTimeMs the leader's clock, milliseconds since 1970 UTC
     * @param commits one or more; they are taken in this order
     */
    record CommitOffsets(long groupId, long leaderTimeMs, List<MemberCommit> commits)
            implements GroupCommand {

        public CommitOffsets {
            commits = List.copyOf(commits);
        }
    }

    /**
     * A member gives partitions up, asked or not, with its last offsets. Each goes at once to who
     * is to have it; to the member itself, under a new number, if that is so. Yields Commits, with
     * the refusals of one member.
     *
     * @param leaderTimeMs the leader's clock, milliseconds since 1970 UTC
     * @param last who gives up what
     */
    record ReleasePartitions(long groupId, long leaderTimeMs, MemberCommit last)
            implements GroupCommand {}

    /**
     * Takes partitions away from owners that were told to give them up and did not. Those that are
     * no longer so are ignored. Yields Done.
     *
     * @param partitions with the numbers of the ownerships meant
     */
    record ForceRelease(long groupId, List<AssignedPartition> partitions) implements GroupCommand {

        public ForceRelease {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * Moves committed offsets, to where somebody wants them. Refused with GROUP_IN_USE if a member
     * has one of the partitions, unless the group is paused; then the member has it under a new
     * number, so that commits of what it did before do not undo the seek. Yields Sought.
     *
     * @param leaderTimeMs the leader's clock, milliseconds since 1970 UTC
     * @param mapVersion the version of the cluster map that shows the topics: what an older one
     *     says of deleted topics is not believed from now on
     * @param targets one or more, no partition twice
     * @param reason who and why, at most {@value GroupLimits#MAX_REASON} characters; may be empty
     */
    record SeekOffsets(
            long groupId,
            long leaderTimeMs,
            long mapVersion,
            List<SeekTarget> targets,
            String reason)
            implements GroupCommand {

        public SeekOffsets {
            targets = List.copyOf(targets);
        }
    }

    /**
     * Where to go in a partition.
     *
     * @param partition the partition
     * @param offset the next offset to be processed; {@link SeekMove#NOTHING}: forget what is
     *     committed
     */
    record SeekTarget(PartitionKey partition, long offset) {}

    /**
     * Pauses or resumes a group. Its members keep their partitions. Yields Done.
     *
     * @param paused whether it is to be paused
     */
    record PauseGroup(long groupId, boolean paused) implements GroupCommand {}
}
