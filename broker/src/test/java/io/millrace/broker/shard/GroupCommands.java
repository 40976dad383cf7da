package io.millrace.broker.shard;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommitEntry;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Joining;
import io.millrace.broker.group.MemberCommit;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.group.Subscription;
import io.millrace.broker.queue.DeliveryMarks;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueSettlement;
import java.util.List;

/** Makes changes of groups and queues for tests. Groups follow the topic 70, of four partitions. */
final class GroupCommands {

    private static final long TOPIC = 70;

    private GroupCommands() {}

    static GroupCommand open(long groupId, String name, long version) {
        return new OpenGroup(groupId, name, GroupMode.STREAM, GroupConfig.DEFAULTS, version);
    }

    static GroupCommand join(long groupId, String memberId) {
        Joining joining =
                new Joining(
                        memberId,
                        "",
                        "test",
                        "",
                        Subscription.of(List.of("orders")),
                        Joining.DEFAULT_WEIGHT,
                        "",
                        0);
        return new JoinGroup(groupId, 0, List.of(joining));
    }

    static GroupCommand topics(long groupId, long mapVersion) {
        return new TopicsChanged(
                groupId, mapVersion, List.of(GroupTopic.of(TOPIC, "orders", 4)), List.of());
    }

    /** A commit of a member in its first stay. */
    static GroupCommand commit(long groupId, String memberId, long assignmentEpoch, long offset) {
        AssignedPartition partition =
                new AssignedPartition(new PartitionKey(TOPIC, 0), assignmentEpoch);
        return new CommitOffsets(
                groupId,
                1_000,
                List.of(
                        new MemberCommit(
                                new MemberStay(memberId, 1),
                                List.of(new CommitEntry(partition, offset, "so far")))));
    }

    static QueueCommand settle(QueueKey key, long... offsets) {
        return new SettleRecords(
                List.of(
                        new QueueSettlement(
                                key, OffsetSet.of(offsets), OffsetSet.EMPTY, DeliveryMarks.EMPTY)));
    }
}
