package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ControllerCommandTest {

    private ControllerState state = Clusters.formed(1, 2);

    @Test
    void shouldPlaceControllerAndDataShardsWhenFormed() {
        ClusterImage image = Clusters.formed(3, 2).image();

        assertThat(image.shards().keySet()).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(image.shards().get(0).replicas())
                .extracting(ReplicaImage::nodeId)
                .containsExactly(1, 2, 3);
        assertThat(image.dataShards()).allSatisfy(shard -> assertThat(shard.replicas()).hasSize(3));
        List<Long> ids =
                image.shards().values().stream()
                        .flatMap(shard -> shard.replicas().stream())
                        .map(ReplicaImage::replicaId)
                        .toList();
        assertThat(ids).doesNotHaveDuplicates().hasSize(21);
    }

    @Test
    void shouldSpreadReplicasEvenlyOverFounders() {
        ClusterImage image = Clusters.formed(5, 1).image();

        Map<Integer, Long> held =
                image.dataShards().stream()
                        .flatMap(shard -> shard.replicas().stream())
                        .collect(
                                Collectors.groupingBy(ReplicaImage::nodeId, Collectors.counting()));

        assertThat(held.values()).containsOnly(3L).hasSize(5);
    }

    @Test
    void shouldFormOnlyOnce() {
        ControllerState before = state;

        run(new FormCluster(Clusters.ID, List.of(1), 2));

        assertThat(state).isSameAs(before);
        refused(new FormCluster("another", List.of(1), 2), ErrorCode.WRONG_CLUSTER, "another");
    }

    @Test
    void shouldRefuseEverythingBeforeTheClusterIsFormed() {
        state = ControllerState.EMPTY;

        refused(new CreateTopic("a", 1, 1, Map.of(), 0), ErrorCode.NOT_READY, "formed");
        refused(new DeleteTopic("a", 0), ErrorCode.NOT_READY, "formed");
        refused(new AllocateProducerIds(1), ErrorCode.NOT_READY, "formed");
        refused(new RegisterBroker(Clusters.broker(1, 1), false), ErrorCode.NOT_READY, "formed");
    }

    @Test
    void shouldRefuseABadFounding() {
        state = ControllerState.EMPTY;

        refused(new FormCluster("", List.of(1), 1), ErrorCode.INVALID_ARGUMENT, "64");
        refused(new FormCluster("c", List.of(), 1), ErrorCode.INVALID_ARGUMENT, "1,000");
        refused(new FormCluster("c", List.of(0), 1), ErrorCode.INVALID_ARGUMENT, "65535");
        refused(new FormCluster("c", List.of(1), 65), ErrorCode.INVALID_ARGUMENT, "64");
    }

    @Test
    void shouldRefuseABrokerWithAnOldDataDirectory() {
        run(new RegisterBroker(Clusters.broker(1, 7), false));

        refused(
                new RegisterBroker(Clusters.broker(1, 6), false),
                ErrorCode.INVALID_ARGUMENT,
                "old copy");
        ControllerState before = state;
        run(new RegisterBroker(Clusters.broker(1, 7), false));
        assertThat(state).isSameAs(before);
        run(new RegisterBroker(Clusters.broker(1, 8), false));
        assertThat(state.image().brokers().get(1).startCounter()).isEqualTo(8);
    }

    @Test
    void shouldSpreadPartitionsOverShards() {
        TopicImage odd = run(new CreateTopic("odd", 3, 1, Map.of(), 5));
        TopicImage single = run(new CreateTopic("single", 1, 1, Map.of(), 5));

        assertThat(odd.partitions()).extracting(PartitionImage::shard).containsExactly(1, 2, 1);
        assertThat(single.partitions()).extracting(PartitionImage::shard).containsExactly(2);
    }

    @Test
    void shouldTakeDefaultsForZero() {
        state = Clusters.formed(2, 1);

        TopicImage topic = run(new CreateTopic("t", 0, 0, Map.of(), 5));

        assertThat(topic.partitions()).hasSize(1);
        assertThat(topic.replicaCount()).isEqualTo(2);
        assertThat(topic.createTimeMs()).isEqualTo(5);
    }

    @Test
    void shouldRefuseWhatATopicCannotBe() {
        run(new CreateTopic("taken", 1, 1, Map.of(), 0));

        refused(create("a/b", 1, 1), ErrorCode.INVALID_TOPIC_NAME, "a?b");
        refused(create("..", 1, 1), ErrorCode.INVALID_TOPIC_NAME, "..");
        refused(create("taken", 1, 1), ErrorCode.TOPIC_EXISTS, "taken");
        refused(create("t", -1, 1), ErrorCode.INVALID_PARTITION_COUNT, "1 to 10,000");
        refused(create("t", 10_001, 1), ErrorCode.INVALID_PARTITION_COUNT, "1 to 10,000");
        refused(create("t", 1, 2), ErrorCode.INVALID_REPLICA_COUNT, "1 to 1");
        refused(create("t", 1, -1), ErrorCode.INVALID_REPLICA_COUNT, "1 to 1");
        refused(
                new CreateTopic("t", 1, 1, Map.of("retention.msec", "1"), 0),
                ErrorCode.INVALID_TOPIC_CONFIG,
                "retention.ms");
    }

    @Test
    void shouldRefuseMoreReplicasThanAnyShardHas() {
        state = Clusters.formed(5, 1);

        refused(create("t", 1, 5), ErrorCode.INVALID_REPLICA_COUNT, "no shard");
    }

    @Test
    void shouldBoundPartitionsOfAllTopicsEvenDeletedOnes() {
        for (int i = 0; i < 10; i++) {
            run(create("t" + i, 10_000, 1));
        }
        refused(create("more", 1, 1), ErrorCode.INVALID_PARTITION_COUNT, "100,000");

        run(new DeleteTopic("t0", 0));
        refused(create("more", 1, 1), ErrorCode.INVALID_PARTITION_COUNT, "100,000");
    }

    @Test
    void shouldSetAndResetSettings() {
        run(create("t", 2, 1));
        long version = state.image().version();

        TopicImage set =
                run(
                        new SetTopic(
                                "t",
                                Map.of("segment.bytes", "1MiB", "segment.ms", "1h"),
                                List.of()));

        assertThat(set.config().segmentBytes()).isEqualTo(1 << 20);
        assertThat(set.overrides())
                .isEqualTo(Map.of("segment.bytes", "1048576", "segment.ms", "3600000"));
        assertThat(set.partitions())
                .allSatisfy(
                        partition ->
                                assertThat(partition.placementVersion()).isEqualTo(version + 1));

        TopicImage reset = run(new SetTopic("t", Map.of(), List.of("segment.bytes")));
        assertThat(reset.overrides()).isEqualTo(Map.of("segment.ms", "3600000"));
    }

    @Test
    void shouldNotCountAChangeThatChangesNothing() {
        run(create("t", 2, 1));
        ControllerState before = state;

        run(new SetTopic("t", Map.of(), List.of("segment.ms")));
        run(new GrowTopic("t", 2));

        assertThat(state).isSameAs(before);
    }

    @Test
    void shouldRefuseBadSettings() {
        run(create("t", 2, 1));

        refused(
                new SetTopic("t", Map.of("segment.ms", "1d"), List.of("segment.ms")),
                ErrorCode.INVALID_TOPIC_CONFIG,
                "both");
        refused(
                new SetTopic("t", Map.of(), List.of("segment.msx")),
                ErrorCode.INVALID_TOPIC_CONFIG,
                "\"segment.ms\"");
        refused(new SetTopic("x", Map.of(), List.of()), ErrorCode.UNKNOWN_TOPIC, "\"x\"");
    }

    @Test
    void shouldGrowButNotShrink() {
        TopicImage small = run(create("t", 2, 1));
        TopicImage grown = run(new GrowTopic("t", 5));

        assertThat(grown.partitions()).hasSize(5).startsWith(small.partitions().get(0));
        assertThat(grown.partitions())
                .extracting(PartitionImage::partitionId)
                .doesNotHaveDuplicates();
        refused(new GrowTopic("t", 4), ErrorCode.INVALID_PARTITION_COUNT, "shrink");
        refused(new GrowTopic("t", 10_001), ErrorCode.INVALID_PARTITION_COUNT, "10,000");
    }

    @Test
    void shouldKeepATombstoneUntilEveryShardHasConfirmed() {
        TopicImage topic = run(create("t", 2, 1));
        long first = topic.partitions().get(0).partitionId();
        long second = topic.partitions().get(1).partitionId();

        refused(new DeleteTopic("t", 99), ErrorCode.TOPIC_RECREATED, "99");
        run(new DeleteTopic("t", topic.topicId()));

        assertThat(state.image().topics()).isEmpty();
        // Shard 1 cannot speak for the partition on shard 2.
        assertThat(run(new ConfirmDeleted(1, List.of(first, second)))).isEqualTo(1);
        assertThat(state.image().tombstones()).containsOnlyKeys(topic.topicId());
        assertThat(run(new ConfirmDeleted(2, List.of(second)))).isZero();
        assertThat(state.image().tombstones()).isEmpty();
        refused(new DeleteTopic("t", 0), ErrorCode.UNKNOWN_TOPIC, "t");
    }

    @Test
    void shouldNeverReuseIdsOfADeletedTopic() {
        TopicImage old = run(create("t", 2, 1));
        run(new DeleteTopic("t", 0));
        TopicImage again = run(create("t", 2, 1));

        assertThat(again.topicId()).isGreaterThan(old.topicId());
        assertThat(again.partitions().get(0).partitionId())
                .isGreaterThan(old.partitions().get(1).partitionId());
    }

    @Test
    void shouldGiveOutProducerIdsOnce() {
        ProducerIdBlock first = run(new AllocateProducerIds(10));
        long version = state.image().version();
        ProducerIdBlock second = run(new AllocateProducerIds(5));

        assertThat(first.first()).isPositive();
        assertThat(second.first()).isEqualTo(first.end());
        assertThat(state.image().version()).isEqualTo(version);
        refused(new AllocateProducerIds(0), ErrorCode.INVALID_ARGUMENT, "1,000,000");
    }

    @Test
    void shouldReadEveryCommandBackFromItsBytes() throws Exception {
        Map<String, String> config = new HashMap<>(Map.of("segment.ms", "1d", "durability", "x"));
        List<ControllerCommand<?>> commands =
                List.of(
                        new FormCluster("id", List.of(3, 1), 2),
                        new RegisterBroker(Clusters.broker(4, 9), true),
                        new CreateTopic("töpic", -1, 7, config, Long.MAX_VALUE),
                        new SetTopic("t", config, List.of("a", "b")),
                        new GrowTopic("t", 8),
                        new DeleteTopic("t", 5),
                        new ConfirmDeleted(1, List.of(1L, Long.MIN_VALUE)),
                        new AllocateProducerIds(3),
                        new ReplicaPrepared(1, 2, 3),
                        new ReplicaLost(1, 2, 3, "rotten"),
                        new CreateGroup("g", true, Map.of("a", "b"), 9),
                        new SetGroup("g", Map.of("a", "b"), List.of("c")),
                        new DeleteGroup("g", 7),
                        new ConfirmGroupsDeleted(1, List.of(7L)),
                        new PromoteReplica(1, 3),
                        new ConfirmMembers(1, 2, 3, List.of(4L), List.of(5L)),
                        new AddReplica(1, 2),
                        new MoveReplica(1, 2, 3),
                        new RemoveReplica(1, 3, true),
                        new PreferLeader(1, List.of(3, 2)),
                        new ChangeBroker(1, BrokerState.DRAINED, true),
                        new BrokerFilled(1),
                        new ForgetBroker(1),
                        new AddShards(3, List.of(List.of(1, 2), List.of(2))),
                        new SetClusterConfig(Map.of("a", "b"), List.of("c")),
                        new RaiseFeatureLevel(2),
                        new RecoverCluster(
                                List.of(new RecoverCluster.Survivor(0, 1, 2)),
                                List.of(new RecoverCluster.GivenUp(2, "d")),
                                true));
        assertThat(commands).hasSize(CommandKind.values().length);

        for (ControllerCommand<?> command : commands) {
            assertThat(CommandKind.decode(CommandKind.encode(command))).isEqualTo(command);
        }
    }

    private static CreateTopic create(String name, int partitions, int replicas) {
        return new CreateTopic(name, partitions, replicas, Map.of(), 0);
    }

    private <R> R run(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        state = transition.next();
        return transition.value();
    }

    private void refused(ControllerCommand<?> command, ErrorCode code, String told) {
        assertThatThrownBy(() -> command.applyTo(state))
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(told);
    }
}
