package io.millrace.broker.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.DeleteGroup;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.SetGroup;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.DataShardView;
import io.millrace.broker.shard.PartitionView;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Data shards follow what the controller decides of groups. */
final class GroupPlacementTest {

    private OneBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = new OneBroker();
    }

    @Test
    void shouldOpenAGroupOnItsShardWithItsSettings() {
        GroupImage image = create("billing", false, Map.of("lease.ms", "20s"));

        GroupState group = view(image.shard()).groups().group(image.groupId()).orElseThrow();
        assertThat(group.name()).isEqualTo("billing");
        assertThat(group.mode()).isEqualTo(GroupMode.STREAM);
        assertThat(group.config().leaseMs()).isEqualTo(20_000);
        assertThat(group.placementVersion()).isEqualTo(image.placementVersion());
        assertThat(views()).filteredOn(view -> !view.groups().groups().isEmpty()).hasSize(1);
    }

    @Test
    void shouldFollowChangedSettings() {
        GroupImage image = create("work", true, Map.of());
        broker.controller
                .submit(new SetGroup("work", Map.of("max.deliveries", "3"), List.of()))
                .join();
        broker.reconciler.trigger();

        GroupState group = view(image.shard()).groups().group(image.groupId()).orElseThrow();
        assertThat(group.mode()).isEqualTo(GroupMode.QUEUE);
        assertThat(group.config().maxDeliveries()).isEqualTo(3);
    }

    @Test
    void shouldRemoveAGroupAndItsQueuesFromAllShards() {
        broker.create("orders", 2);
        GroupImage image = create("work", true, Map.of());
        for (DataShardView view : views()) {
            PartitionView partition = view.partitions().iterator().next();
            broker.shards
                    .dataShard(view.shardId())
                    .writer()
                    .execute(
                            new ChangeQueue(
                                    new OpenQueue(
                                            new QueueKey(partition.partitionId(), image.groupId()),
                                            0)),
                            1)
                    .join();
            assertThat(view.queues(partition.partitionId())).hasSize(1);
        }

        broker.controller.submit(new DeleteGroup("work", 0)).join();
        broker.reconciler.trigger();

        for (DataShardView view : views()) {
            assertThat(view.groups().groups()).isEmpty();
            assertThat(view.groups().isDropped(image.groupId())).isTrue();
            view.partitions().forEach(one -> assertThat(view.queues(one.partitionId())).isEmpty());
        }
        assertThat(broker.controller.images().current().groups().tombstones()).isEmpty();
    }

    /** They go in portions; what is asked for again and again would never end. */
    @Test
    void shouldFollowManyGroupsAndThenRest() {
        for (int i = 0; i < 250; i++) {
            broker.controller.submit(new CreateGroup("g" + i, true, Map.of(), 1)).join();
        }
        broker.reconciler.trigger();
        assertThat(IntStream.range(0, 2).map(i -> views().get(i).groups().groups().size()).sum())
                .isEqualTo(250);
        for (int i = 0; i < 250; i++) {
            broker.controller.submit(new DeleteGroup("g" + i, 0)).join();
        }
        broker.reconciler.trigger();
        int proposed = broker.dataShards.stream().mapToInt(shard -> shard.proposed).sum();
        broker.reconciler.trigger();

        assertThat(broker.controller.images().current().groups().tombstones()).isEmpty();
        assertThat(broker.dataShards.stream().mapToInt(shard -> shard.proposed).sum())
                .isEqualTo(proposed);
    }

    /** Leaders with maps of any age: what is gone stays gone, and the newest map wins. */
    @Test
    void shouldFollowTheNewestMapWhateverOldOnesSaid() {
        long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
        Random random = new Random(seed);
        GroupSteps steps = new GroupSteps(broker.controller);
        List<LocalShard> shards = List.copyOf(broker.shards.dataShards());
        List<ClusterImage> maps = new ArrayList<>();
        Set<Long> deleted = new HashSet<>();
        for (int step = 0; step < 500; step++) {
            change("g" + random.nextInt(8), random, deleted);
            maps.add(map());
            boolean lagging = random.nextInt(3) > 0;
            ClusterImage map = lagging ? maps.get(random.nextInt(maps.size())) : map();
            steps.take(shards.get(random.nextInt(shards.size())), map, 1);

            Set<Long> gone = new HashSet<>(deleted);
            gone.removeAll(map().groups().tombstones().keySet());
            for (DataShardView view : views()) {
                assertThat(view.groups().groups().keySet())
                        .as("seed %d, step %d", seed, step)
                        .noneMatch(gone::contains);
            }
        }
        broker.reconciler.trigger();

        assertThat(map().groups().tombstones()).as("seed %d", seed).isEmpty();
        Map<Long, Long> held = new HashMap<>();
        views().forEach(
                        view ->
                                view.groups()
                                        .groups()
                                        .forEach((id, g) -> held.put(id, g.placementVersion())));
        Map<Long, Long> wanted = new HashMap<>();
        map().groups()
                .byName()
                .values()
                .forEach(group -> wanted.put(group.groupId(), group.placementVersion()));
        assertThat(held).as("seed %d", seed).isEqualTo(wanted);
    }

    private void change(String name, Random random, Set<Long> deleted) {
        GroupImage present = map().groups().find(name).orElse(null);
        if (present == null) {
            broker.controller
                    .submit(new CreateGroup(name, random.nextBoolean(), Map.of(), 1))
                    .join();
        } else if (random.nextBoolean()) {
            String members = Integer.toString(1 + random.nextInt(100));
            broker.controller
                    .submit(new SetGroup(name, Map.of("max.members", members), List.of()))
                    .join();
        } else {
            broker.controller.submit(new DeleteGroup(name, 0)).join();
            deleted.add(present.groupId());
        }
    }

    private ClusterImage map() {
        return broker.controller.images().current();
    }

    private GroupImage create(String name, boolean queue, Map<String, String> config) {
        GroupImage image = broker.controller.submit(new CreateGroup(name, queue, config, 1)).join();
        broker.reconciler.trigger();
        return image;
    }

    private DataShardView view(int shard) {
        return broker.shards.dataShard(shard).view();
    }

    private List<DataShardView> views() {
        return broker.shards.dataShards().stream().map(shard -> shard.view()).toList();
    }
}
