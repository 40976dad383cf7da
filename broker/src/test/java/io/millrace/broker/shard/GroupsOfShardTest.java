package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.GroupCommands.commit;
import static io.millrace.broker.shard.GroupCommands.join;
import static io.millrace.broker.shard.GroupCommands.open;
import static io.millrace.broker.shard.GroupCommands.settle;
import static io.millrace.broker.shard.GroupCommands.topics;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.ConfigureGroup;
import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.shard.CommandResult.GroupChanged;
import io.millrace.broker.shard.CommandResult.QueueChanged;
import io.millrace.broker.shard.CommandResult.Refused;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups and queues as a part of the state of a data shard. */
class GroupsOfShardTest {

    private static final long GROUP = 7;
    private static final QueueKey QUEUE = new QueueKey(1, GROUP);

    private final List<String> heard = new ArrayList<>();
    private ShardHarness harness;

    @BeforeEach
    void createPartitions() throws IOException {
        harness = new ShardHarness();
        harness.apply(create(1, 10));
        harness.apply(create(2, 10));
        harness.shard.addListener(listener());
    }

    private DataShardListener listener() {
        return new DataShardListener() {
            @Override
            public void groupChanged(long groupId) {
                heard.add("group " + groupId);
            }

            @Override
            public void queueChanged(QueueKey key) {
                heard.add("queue " + key.partitionId() + "/" + key.groupId());
            }
        };
    }

    @Test
    void shouldChangeGroupsAndTell() {
        assertThat(apply(open(GROUP, "billing", 3)))
                .isEqualTo(new GroupChanged(new GroupResult.Done(true), Set.of()));
        apply(topics(GROUP, 1));
        GroupTable before = harness.shard.groups();
        GroupChanged joined = (GroupChanged) apply(join(GROUP, "m1"));

        assertThat(joined.result()).isInstanceOf(GroupResult.Joins.class);
        assertThat(joined.changedMembers()).containsExactly("m1");
        assertThat(harness.shard.groups().group(GROUP).orElseThrow().assignment("m1").held())
                .isNotEmpty();
        assertThat(before.group(GROUP).orElseThrow().members()).isEmpty();
        assertThat(heard).containsExactly("group 7", "group 7", "group 7");
    }

    @Test
    void shouldTellNobodyOfWhatChangesNothing() {
        apply(open(GROUP, "billing", 3));
        heard.clear();

        assertThat(apply(open(GROUP, "billing", 3)))
                .isEqualTo(new GroupChanged(new GroupResult.Done(false), Set.of()));
        assertThat(apply(new ConfigureGroup(GROUP, GroupConfig.of(Map.of("lease.ms", "20s")), 2)))
                .isEqualTo(new GroupChanged(new GroupResult.Done(false), Set.of()));
        assertThat(codeOf(apply(join(99, "m1")))).isEqualTo(ErrorCode.UNKNOWN_GROUP);
        assertThat(codeOf(apply(settle(QUEUE, 1)))).isNull();
        assertThat(heard).isEmpty();
    }

    /** A leader with an old map proposes it once more. */
    @Test
    void shouldNotBringBackADroppedGroup() throws IOException {
        apply(open(GROUP, "billing", 3));
        apply(new DropGroup(GROUP));
        apply(new DropGroup(8));

        apply(open(GROUP, "billing", 3));
        apply(open(GROUP, "billing", 99));
        apply(open(8, "never told", 99));
        assertThat(harness.shard.groups().groups()).isEmpty();
        harness.checkpoint();
        harness.crash();
        apply(open(GROUP, "billing", 99));
        apply(open(8, "never told", 99));
        assertThat(harness.shard.groups().groups()).isEmpty();
        assertThat(harness.shard.groups().isDropped(GROUP)).isTrue();
    }

    @Test
    void shouldEndTheQueuesOfADroppedGroupForGood() {
        apply(new OpenQueue(QUEUE, 5));
        apply(new OpenQueue(new QueueKey(2, GROUP), 5));
        apply(new OpenQueue(new QueueKey(2, 8), 5));
        heard.clear();

        apply(new DropGroup(GROUP));

        assertThat(heard).containsExactly("group 7", "queue 1/7", "queue 2/7");
        assertThat(harness.shard.queue(QUEUE)).isNull();
        assertThat(harness.shard.queues(2)).containsOnlyKeys(new QueueKey(2, 8));
        assertThat(codeOf(apply(new OpenQueue(QUEUE, 5)))).isEqualTo(ErrorCode.UNKNOWN_GROUP);
    }

    @Test
    void shouldKeepWhatIsSettledAndTell() {
        assertThat(apply(new OpenQueue(QUEUE, 5)))
                .isEqualTo(new QueueChanged(new QueueResult.Done(true)));
        QueueProgress before = harness.shard.queue(QUEUE);
        apply(settle(QUEUE, 5, 7));
        apply(settle(QUEUE, 5, 7));

        assertThat(before.isDone(5)).isFalse();
        assertThat(harness.shard.queue(QUEUE).watermark()).isEqualTo(6);
        assertThat(harness.shard.queue(QUEUE).isDone(7)).isTrue();
        assertThat(harness.shard.isCrowded(QUEUE)).isFalse();
        assertThat(heard).containsExactly("queue 1/7", "queue 1/7");
    }

    @Test
    void shouldEndTheQueuesOfADeletedPartition() {
        apply(new OpenQueue(QUEUE, 5));
        apply(new OpenQueue(new QueueKey(2, GROUP), 5));
        heard.clear();

        harness.apply(new DeletePartition(1, 20));

        assertThat(heard).containsExactly("queue 1/7");
        assertThat(harness.shard.queue(QUEUE)).isNull();
        assertThat(harness.shard.queue(new QueueKey(2, GROUP))).isNotNull();
        assertThat(codeOf(apply(new OpenQueue(QUEUE, 5)))).isEqualTo(ErrorCode.UNKNOWN_PARTITION);
    }

    @Test
    void shouldKeepGroupsAndQueuesOverCheckpointAndCrash() throws IOException {
        populate();
        harness.checkpoint();
        apply(join(GROUP, "m2"));
        apply(settle(QUEUE, 9));
        GroupTable groups = harness.shard.groups();
        QueueProgress queue = harness.shard.queue(QUEUE);

        harness.crash();

        assertThat(harness.shard.groups()).isEqualTo(groups);
        assertThat(harness.shard.queue(QUEUE)).isEqualTo(queue);
    }

    @Test
    void shouldNotChangeACheckpointThatIsTaken() throws IOException {
        populate();
        Manifest taken = ((DataShardCheckpoint) harness.shard.checkpoint()).content();
        GroupTable groups = harness.shard.groups();
        QueueProgress queue = harness.shard.queue(QUEUE);

        apply(new DropGroup(GROUP));

        Manifest read = ManifestCodec.decode(ManifestCodec.encode(taken));
        assertThat(read.groups()).isEqualTo(groups);
        assertThat(read.queues().queues()).containsEntry(QUEUE, queue);
        assertThat(harness.shard.queue(QUEUE)).isNull();
    }

    /** S3a: what it never saw of groups comes with the checkpoint, what is gone goes. */
    @Test
    void shouldTakeOverGroupsAndQueuesOfAnotherReplica() throws IOException {
        ShardHarness behind = new ShardHarness();
        apply(open(8, "gone soon", 3));
        apply(open(9, "as before", 3));
        apply(new OpenQueue(new QueueKey(2, 9), 5));
        apply(new OpenQueue(new QueueKey(2, 8), 5));
        behind.follow(harness);
        behind.shard.addListener(listener());
        populate();
        apply(new DropGroup(8));
        harness.checkpoint();
        heard.clear();

        behind.install(harness);

        assertThat(heard).containsExactly("queue 1/7", "queue 2/8", "group 7", "group 8");
        assertThat(behind.replicatedState()).isEqualTo(harness.replicatedState());
        apply(settle(QUEUE, 10));
        apply(join(GROUP, "m2"));
        apply(open(8, "from an old map", 99));
        behind.follow(harness);
        assertThat(behind.replicatedState()).isEqualTo(harness.replicatedState());
        behind.crash();
        assertThat(behind.replicatedState()).isEqualTo(harness.replicatedState());
    }

    @Test
    void shouldTellOfAllAtTheStart() throws IOException {
        populate();
        harness.checkpoint();
        heard.clear();
        DataShard again =
                new DataShard(
                        1,
                        new MemoryPartitionLogStore(harness.disk),
                        ProducerLimits.DEFAULT,
                        ShardCounters.NONE);
        again.addListener(listener());
        again.restore(
                new CheckpointMark(harness.log.size(), 1), harness.shard.checkpoint().manifest());
        again.started();

        assertThat(heard).containsExactly("group 7", "queue 1/7");
    }

    private void populate() {
        apply(open(GROUP, "billing", 3));
        apply(topics(GROUP, 1));
        apply(join(GROUP, "m1"));
        apply(commit(GROUP, "m1", 1, 50));
        apply(new OpenQueue(QUEUE, 5));
        apply(settle(QUEUE, 5, 7));
        apply(new DropQueue(77));
    }

    private CommandResult apply(GroupCommand command) {
        return harness.apply(new ChangeGroup(command));
    }

    private CommandResult apply(QueueCommand command) {
        return harness.apply(new ChangeQueue(command));
    }

    private static ErrorCode codeOf(CommandResult result) {
        return result instanceof Refused refused ? refused.code() : null;
    }
}
