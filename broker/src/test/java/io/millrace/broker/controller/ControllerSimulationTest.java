package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random commands against the state, and data shards that follow the map through {@link
 * PlacementPlan}, now and then with an old map, as a leader that lags would.
 */
final class ControllerSimulationTest {

    private static final int SEEDS = 20;
    private static final int STEPS = 400;

    private final Set<Long> topicIds = new HashSet<>();
    private final Set<Long> partitionIds = new HashSet<>();
    private final Set<Long> deadPartitions = new HashSet<>();
    private final List<ClusterImage> history = new ArrayList<>();
    private final Map<Integer, FollowingShard> shards = new HashMap<>();
    private ControllerState state;
    private long producersUpTo;

    @Test
    void shouldHoldItsInvariantsUnderRandomCommands() throws Exception {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
        }
    }

    private void run(Random random) throws Exception {
        topicIds.clear();
        partitionIds.clear();
        deadPartitions.clear();
        history.clear();
        shards.clear();
        producersUpTo = 0;
        state = Clusters.formed(1 + random.nextInt(4), 1 + random.nextInt(2));
        state.image()
                .dataShards()
                .forEach(s -> shards.put(s.shard(), new FollowingShard(s.shard())));
        for (int step = 0; step < STEPS; step++) {
            ControllerState before = state;
            ControllerCommand<?> command = RandomCommands.next(random);
            if (!(command instanceof ConfirmDeleted)) { // the shards below confirm, truthfully
                command(command);
            }
            checkState(before);
            history.add(state.image());
            List<FollowingShard> all = List.copyOf(shards.values());
            follow(all.get(random.nextInt(all.size())), random);
        }
        settle();
    }

    private void command(ControllerCommand<?> command) {
        try {
            Transition<?> transition = command.applyTo(state);
            state = transition.next();
            if (command instanceof CreateTopic) {
                TopicImage topic = (TopicImage) transition.value();
                assertThat(topicIds.add(topic.topicId())).isTrue();
                topic.partitions()
                        .forEach(p -> assertThat(partitionIds.add(p.partitionId())).isTrue());
            } else if (command instanceof GrowTopic) {
                TopicImage topic = (TopicImage) transition.value();
                topic.partitions().forEach(p -> partitionIds.add(p.partitionId()));
            } else if (command instanceof DeleteTopic) {
                TopicImage topic = (TopicImage) transition.value();
                topic.partitions().forEach(p -> deadPartitions.add(p.partitionId()));
            } else if (command instanceof AllocateProducerIds) {
                ProducerIdBlock block = (ProducerIdBlock) transition.value();
                assertThat(block.first()).isGreaterThan(producersUpTo);
                producersUpTo = block.end() - 1;
            }
        } catch (MillraceException refused) {
            // the state is checked to be as before, by the caller's version check
        }
    }

    private void checkState(ControllerState before) throws Exception {
        ClusterImage image = state.image();
        boolean same = image.equals(before.image());
        assertThat(image.version()).isEqualTo(before.image().version() + (same ? 0 : 1));
        Set<Long> ids = new HashSet<>();
        for (TopicImage topic : image.topics().values()) {
            Map<Integer, Integer> perShard = new HashMap<>();
            for (PartitionImage partition : topic.partitions()) {
                assertThat(ids.add(partition.partitionId())).isTrue();
                assertThat(image.shards()).containsKey(partition.shard());
                assertThat(partition.shard()).isPositive();
                assertThat(partition.placementVersion()).isLessThanOrEqualTo(image.version());
                perShard.merge(partition.shard(), 1, Integer::sum);
            }
            int least =
                    perShard.size() < shards.size()
                            ? 0
                            : perShard.values().stream().min(Integer::compare).orElseThrow();
            assertThat(perShard.values())
                    .as("spread of %s", topic)
                    .allSatisfy(count -> assertThat(count - least).isBetween(0, 1));
        }
        WireWriter out = new WireWriter();
        state.encode(out);
        assertThat(ControllerState.decode(new WireReader(out.toBuffer()))).isEqualTo(state);
    }

    private void follow(FollowingShard shard, Random random) {
        boolean lagging = random.nextInt(3) == 0;
        ClusterImage image = lagging ? history.get(random.nextInt(history.size())) : state.image();
        PlacementPlan plan = PlacementPlan.of(image, shard.content());
        if (!lagging) {
            assertThat(plan.strays()).as("strays").isEmpty();
        }
        for (PlacementIntent intent : plan.intents()) {
            if (random.nextInt(10) != 0) { // a proposal may fail
                shard.apply(intent);
            }
        }
        if (!plan.confirmable().isEmpty()) {
            command(new ConfirmDeleted(shard.number, plan.confirmable()));
        }
        Set<Long> buried = new HashSet<>(deadPartitions);
        state.image()
                .tombstones()
                .values()
                .forEach(dead -> dead.partitions().forEach(p -> buried.remove(p.partitionId())));
        buried.retainAll(shard.versions.keySet());
        assertThat(buried).as("held after it was confirmed as gone").isEmpty();
    }

    /** With the newest map and no failures, every shard ends as the map wants it. */
    private void settle() {
        for (int round = 0; round < 2; round++) {
            for (FollowingShard shard : shards.values()) {
                PlacementPlan plan = PlacementPlan.of(state.image(), shard.content());
                plan.intents().forEach(shard::apply);
                PlacementPlan rest = PlacementPlan.of(state.image(), shard.content());
                assertThat(rest.intents()).isEmpty();
                command(new ConfirmDeleted(shard.number, rest.confirmable()));
            }
        }
        assertThat(state.image().tombstones()).isEmpty();
        Map<Long, Long> wanted = new HashMap<>();
        for (TopicImage topic : state.image().topics().values()) {
            topic.partitions().forEach(p -> wanted.put(p.partitionId(), p.placementVersion()));
        }
        Map<Long, Long> held = new HashMap<>();
        shards.values().forEach(shard -> held.putAll(shard.versions));
        assertThat(held).isEqualTo(wanted);
    }

    /** What the state machine of a data shard does with intents. */
    private static final class FollowingShard {

        final int number;
        final Map<Long, Long> versions = new HashMap<>();
        private final Set<Long> dead = new HashSet<>();

        FollowingShard(int number) {
            this.number = number;
        }

        ShardContent content() {
            return new ShardContent(number, versions, Set.copyOf(dead)::contains);
        }

        void apply(PlacementIntent intent) {
            if (dead.contains(intent.partitionId())) {
                return;
            }
            if (intent instanceof PlacementIntent.Create create) {
                assertThat(versions.put(create.partitionId(), create.placementVersion())).isNull();
            } else if (intent instanceof PlacementIntent.Configure configure) {
                versions.merge(configure.partitionId(), configure.placementVersion(), Math::max);
            } else {
                dead.add(intent.partitionId());
                versions.remove(intent.partitionId());
            }
        }
    }
}
