package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupResult.CommitRefusal;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.broker.wire.MalformedException;
import io.millrace.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A group, id 7, with what tests do to it. */
final class GroupFixture {

    static final long GROUP = 7;
    static final long TIME = 1_000;

    GroupTable table = GroupTable.EMPTY;
    GroupResult result;
    Set<String> changed = Set.of();
    private long mapVersion;

    GroupFixture(GroupMode mode, Map<String, String> config) {
        apply(new OpenGroup(GROUP, "billing", mode, GroupConfig.of(config), 1));
    }

    static GroupFixture stream(String... config) {
        Map<String, String> settings = new TreeMap<>();
        for (int i = 0; i < config.length; i += 2) {
            settings.put(config[i], config[i + 1]);
        }
        return new GroupFixture(GroupMode.STREAM, settings);
    }

    static PartitionKey partition(long topicId, int number) {
        return new PartitionKey(topicId, number);
    }

    static Joining joining(String memberId, String... topics) {
        return new Joining(
                memberId,
                "",
                "app",
                "host:1",
                Subscription.of(topics.length == 0 ? List.of("*") : List.of(topics)),
                Joining.DEFAULT_WEIGHT,
                "",
                0);
    }

    static Joining joiningAs(String instanceId, String memberId, String... topics) {
        Joining one = joining(memberId, topics);
        return new Joining(memberId, instanceId, "", "", one.subscription(), 100, "", 0);
    }

    static Joining joiningIn(String rack, String memberId) {
        return new Joining(memberId, "", "", "", Subscription.of(List.of("*")), 100, rack, 0);
    }

    static Joining weighing(int weight, String memberId) {
        return new Joining(memberId, "", "", "", Subscription.of(List.of("*")), weight, "", 0);
    }

    GroupState state() {
        return table.group(GROUP).orElseThrow();
    }

    /** Applies what comes out of a command's bytes. */
    GroupResult apply(GroupCommand command) {
        try {
            GroupCommand read = GroupCodec.decodeCommand(GroupCodec.encode(command));
            assertThat(read).isEqualTo(command);
            GroupTransition<GroupTable> change = table.apply(read);
            table = change.next();
            result = change.result();
            changed = change.changedMembers();
            return result;
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    MemberStay join(Joining joining) {
        return ((Joined) joinAll(joining).outcomes().get(0)).stay();
    }

    MemberStay join(String memberId, String... topics) {
        return join(joining(memberId, topics));
    }

    Joins joinAll(Joining... joining) {
        return joinAt(0, joining);
    }

    /** They join when no partition has a higher id. */
    Joins joinAt(long newestPartitionId, Joining... joining) {
        return (Joins) apply(new JoinGroup(GROUP, newestPartitionId, List.of(joining)));
    }

    void expire(MemberStay... stays) {
        apply(new ExpireMembers(GROUP, List.of(stays)));
    }

    void leave(MemberStay stay) {
        apply(new LeaveGroup(GROUP, TIME, new MemberCommit(stay, List.of()), false));
    }

    /** The group follows these now, and no others. */
    void topics(GroupTopic... topics) {
        apply(new TopicsChanged(GROUP, ++mapVersion, List.of(topics), List.of()));
    }

    List<CommitRefusal> commit(MemberStay stay, PartitionKey partition, long offset) {
        return commit(stay, partition, epoch(partition), offset);
    }

    List<CommitRefusal> commit(MemberStay stay, PartitionKey partition, long epoch, long offset) {
        MemberCommit commit = new MemberCommit(stay, List.of(entry(partition, epoch, offset)));
        Commits commits = (Commits) apply(new CommitOffsets(GROUP, TIME, List.of(commit)));
        return commits.refused().get(0);
    }

    List<CommitRefusal> release(MemberStay stay, PartitionKey... partitions) {
        List<CommitEntry> entries =
                Arrays.stream(partitions)
                        .map(one -> entry(one, epoch(one), CommitEntry.NOTHING))
                        .toList();
        MemberCommit last = new MemberCommit(stay, entries);
        return ((Commits) apply(new ReleasePartitions(GROUP, TIME, last))).refused().get(0);
    }

    /** All members give up at once what they are told to. */
    void releaseAll() {
        GroupState before = state();
        before.assignments()
                .forEach(
                        (id, assignment) -> {
                            PartitionKey[] revoked =
                                    assignment.revoked().stream()
                                            .map(AssignedPartition::partition)
                                            .toArray(PartitionKey[]::new);
                            if (revoked.length > 0) {
                                MemberStay stay = before.members().get(id).stay();
                                assertThat(release(stay, revoked)).isEmpty();
                            }
                        });
    }

    static CommitEntry entry(PartitionKey partition, long epoch, long offset) {
        return new CommitEntry(new AssignedPartition(partition, epoch), offset, "");
    }

    static List<ErrorCode> codes(List<CommitRefusal> refused) {
        return refused.stream().map(CommitRefusal::code).toList();
    }

    Ownership owner(PartitionKey partition) {
        return state().owners().get(partition);
    }

    long epoch(PartitionKey partition) {
        return owner(partition).assignmentEpoch();
    }

    long committed(PartitionKey partition) {
        return state().committed(partition).map(CommittedOffset::offset).orElse(-1L);
    }

    /** Per member, how many partitions it is to have. */
    Map<String, Integer> shares() {
        Map<String, Integer> shares = new TreeMap<>();
        state().members().keySet().forEach(id -> shares.put(id, 0));
        state().owners().values().forEach(owner -> shares.merge(owner.target(), 1, Integer::sum));
        return shares;
    }

    /** How many partitions are on their way from one member to another. */
    int moving() {
        return (int) state().owners().values().stream().filter(Ownership::isRevoking).count();
    }
}
