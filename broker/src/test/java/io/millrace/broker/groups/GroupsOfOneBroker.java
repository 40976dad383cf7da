package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.coordinator.GroupInsight;
import io.millrace.broker.coordinator.GroupInsight.Revocation;
import io.millrace.broker.coordinator.LedGroups;
import io.millrace.broker.coordinator.MemberInsight;
import io.millrace.broker.coordinator.PartitionProgress;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.CommitEntry;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Joining;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.MemberCommit;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.group.Subscription;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.receiving.RedriveResult;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.ShardCommand;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.topics.OneBroker;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The administration of groups on a broker that leads two data shards, in memory and on one thread.
 * What is replicated is real; what coordinators and queues have in memory is as the test says.
 */
final class GroupsOfOneBroker implements LedGroups, QueueControl {

    final OneBroker broker;
    final AskedGroupBrokers remote = new AskedGroupBrokers();
    final Map<String, Long> silentMs = new HashMap<>();
    final Map<PartitionKey, PartitionProgress> progress = new HashMap<>();
    final Map<PartitionKey, Revocation> revocations = new HashMap<>();
    final Map<PartitionKey, Long> commitStillMs = new HashMap<>();
    final Map<PartitionKey, Long> ownedMs = new HashMap<>();
    final Map<Long, Set<String>> heldBack = new HashMap<>();
    final Map<QueueKey, QueueStatistics> queues = new HashMap<>();
    final List<String> leftOut = new ArrayList<>();
    final List<Long> resumed = new ArrayList<>();
    final GroupAdmin admin;

    /** By the clock of partition leaders; the record at offset n was appended at 1,000 + n. */
    long nowMs = 50_000;

    private long mapVersion;

    GroupsOfOneBroker() throws IOException {
        broker = new OneBroker();
        PartitionInspector inspector =
                new PartitionInspector(
                        broker.shards,
                        id -> heldBack.getOrDefault(id, Set.of()),
                        this,
                        Runnable::run,
                        clock());
        admin =
                new GroupAdmin(
                        broker.controller,
                        broker.shards,
                        this,
                        broker.redirects,
                        broker.reconciler,
                        broker.partitionAdmin,
                        inspector,
                        remote,
                        Runnable::run,
                        OneBroker.CLOCK);
    }

    private Clock clock() {
        InstantSource now = () -> Instant.ofEpochMilli(nowMs);
        return now.withZone(ZoneOffset.UTC);
    }

    GroupImage create(String name, boolean queue) {
        GroupImage group =
                broker.controller.submit(new CreateGroup(name, queue, Map.of(), 1)).join();
        broker.reconciler.trigger();
        return group;
    }

    ClusterImage map() {
        return broker.controller.images().current();
    }

    GroupImage image(String group) {
        return map().groups().find(group).orElseThrow();
    }

    GroupState state(String group) {
        GroupImage image = image(group);
        return shard(image).view().groups().group(image.groupId()).orElseThrow();
    }

    PartitionKey key(String topic, int number) {
        return new PartitionKey(map().topic(topic).orElseThrow().topicId(), number);
    }

    QueueKey queue(String group, String topic, int number) {
        return new QueueKey(
                map().topic(topic).orElseThrow().partitions().get(number).partitionId(),
                image(group).groupId());
    }

    /** Somebody joins, and what it follows is given out. */
    MemberStay join(String group, String memberId, String... topics) {
        apply(
                new GroupCommand.JoinGroup(
                        image(group).groupId(),
                        0,
                        List.of(
                                new Joining(
                                        memberId,
                                        "",
                                        "app",
                                        "host:1",
                                        Subscription.of(List.of(topics)),
                                        100,
                                        "",
                                        0))));
        follow(group);
        return state(group).members().get(memberId).stay();
    }

    /** The group hears which topics there are. */
    private void follow(String group) {
        Set<GroupTopic> followed = new HashSet<>();
        for (TopicImage topic : map().topics().values()) {
            for (Member member : state(group).members().values()) {
                if (member.subscription().matches(topic.name())) {
                    followed.add(
                            GroupTopic.of(
                                    topic.topicId(), topic.name(), topic.partitions().size()));
                }
            }
        }
        apply(
                new GroupCommand.TopicsChanged(
                        image(group).groupId(), ++mapVersion, List.copyOf(followed), List.of()));
    }

    void commit(String group, String topic, int number, long offset) {
        PartitionKey key = key(topic, number);
        var owner = state(group).owners().get(key);
        CommitEntry entry =
                new CommitEntry(
                        new AssignedPartition(key, owner.assignmentEpoch()), offset, "words");
        apply(
                new GroupCommand.CommitOffsets(
                        image(group).groupId(),
                        4_000,
                        List.of(
                                new MemberCommit(
                                        new MemberStay(owner.memberId(), owner.memberEpoch()),
                                        List.of(entry)))));
        assertThat(state(group).offsets().get(key).offset()).isEqualTo(offset);
    }

    /** Commits, after which whoever committed leaves. */
    void commitAndLeave(String group, String topic, int number, long offset) {
        MemberStay stay = join(group, "gone", topic);
        commit(group, topic, number, offset);
        apply(
                new GroupCommand.LeaveGroup(
                        image(group).groupId(), 4_000, new MemberCommit(stay, List.of()), false));
    }

    /** What the owner says of a partition. */
    void says(
            String group,
            String topic,
            int number,
            long position,
            long stillMs,
            String state,
            long delivered,
            long filtered,
            String filter) {
        PartitionKey key = key(topic, number);
        progress.put(
                key,
                new PartitionProgress(
                        state(group).owners().get(key).assignmentEpoch(),
                        position,
                        state.equals("full"),
                        state.equals("paused"),
                        delivered,
                        filtered,
                        filter,
                        stillMs));
    }

    void openQueue(String group, String topic, int number, long... done) {
        QueueKey key = queue(group, topic, number);
        apply(topic, number, new OpenQueue(key, 0));
        if (done.length > 0) {
            apply(
                    topic,
                    number,
                    new SettleRecords(
                            List.of(
                                    new io.millrace.broker.queue.QueueSettlement(
                                            key,
                                            OffsetSet.of(done),
                                            OffsetSet.EMPTY,
                                            io.millrace.broker.queue.DeliveryMarks.EMPTY))));
        }
    }

    void apply(GroupCommand command) {
        GroupImage image =
                map().groups().byName().values().stream()
                        .filter(group -> group.groupId() == command.groupId())
                        .findFirst()
                        .orElseThrow();
        execute(shard(image), new ChangeGroup(command));
    }

    private void apply(String topic, int number, QueueCommand command) {
        execute(broker.partitions.place(topic, 0, number).shard(), new ChangeQueue(command));
    }

    private static void execute(LocalShard shard, ShardCommand command) {
        assertThat(shard.writer().execute(command, 1).join())
                .isNotInstanceOf(CommandResult.Refused.class);
    }

    private LocalShard shard(GroupImage group) {
        return broker.shards.dataShard(group.shard());
    }

    DescribeGroupResponse describe(String group) {
        return admin.describe(DescribeGroupRequest.newBuilder().setGroup(group).build(), false)
                .join();
    }

    static MillraceException failureOf(CompletableFuture<?> call) {
        Throwable failure = call.handle((value, error) -> error).join();
        assertThat(failure).isNotNull();
        return (MillraceException) CoordinatorRoute.causeOf(failure);
    }

    @Override
    public CompletableFuture<GroupInsight> insight(long groupId) {
        for (LocalShard shard : broker.shards.dataShards()) {
            Optional<GroupState> group = shard.view().groups().group(groupId);
            if (group.isPresent()) {
                return CompletableFuture.completedFuture(insight(group.get()));
            }
        }
        throw new AssertionError("not here");
    }

    private GroupInsight insight(GroupState group) {
        Map<MemberStay, MemberInsight> members = new HashMap<>();
        for (Member member : group.members().values()) {
            Map<PartitionKey, PartitionProgress> own = new HashMap<>(progress);
            own.keySet()
                    .removeIf(
                            key ->
                                    group.owners().get(key) == null
                                            || !group.owners()
                                                    .get(key)
                                                    .memberId()
                                                    .equals(member.memberId()));
            members.put(
                    member.stay(),
                    new MemberInsight(true, silentMs.getOrDefault(member.memberId(), 1_000L), own));
        }
        Map<AssignedPartition, Revocation> told = new HashMap<>();
        group.owners()
                .forEach(
                        (key, owner) -> {
                            if (owner.isRevoking() && revocations.containsKey(key)) {
                                told.put(
                                        new AssignedPartition(key, owner.assignmentEpoch()),
                                        revocations.get(key));
                            }
                        });
        return new GroupInsight(
                group, 1, 60_000, members, told, commitStillMs, ownedMs, 3, leftOut);
    }

    @Override
    public CompletableFuture<GroupResult> propose(GroupCommand command) {
        for (LocalShard shard : broker.shards.dataShards()) {
            if (shard.view().groups().group(command.groupId()).isPresent()) {
                return shard.writer()
                        .execute(new ChangeGroup(command), 1)
                        .thenApply(result -> ((CommandResult.GroupChanged) result).result());
            }
        }
        throw new AssertionError("not here");
    }

    @Override
    public Optional<QueueStatistics> statistics(QueueKey key) {
        return Optional.ofNullable(queues.get(key));
    }

    @Override
    public CompletableFuture<Integer> resume(long groupId) {
        resumed.add(groupId);
        return CompletableFuture.completedFuture(1);
    }

    @Override
    public CompletableFuture<RedriveResult> redrive(QueueKey key, OffsetSet offsets) {
        throw new AssertionError("not asked here");
    }
}
