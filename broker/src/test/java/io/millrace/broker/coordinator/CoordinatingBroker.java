package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.cluster.LeaderDirectory;
import io.millrace.broker.cluster.LocalLeaders;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.cluster.ShardLeader;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.CreateTopic;
import io.millrace.broker.controller.DeleteTopic;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.GrowTopic;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.shard.DataShard;
import io.millrace.broker.shard.ProducerLimits;
import io.millrace.broker.shard.ShardCounters;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.broker.shard.SteppedShard;
import io.millrace.broker.shard.WriteGate;
import io.millrace.broker.shard.WriterLimits;
import io.millrace.broker.topics.PlacementReconciler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * A broker that coordinates groups: the states of a controller and of one data shard are real, in
 * memory; there is one thread, and the test moves the clock.
 */
final class CoordinatingBroker {

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5_000), ZoneOffset.UTC);
    private static final Duration STEP = Duration.ofMillis(1);

    private record Alarm(long atNanos, long order, Runnable task) {}

    final SteppedShard shard;
    final WriteGate gate = new WriteGate();
    final FakeLogEnds ends = new FakeLogEnds();
    final HeardOfGroups heard = new HeardOfGroups();
    final Coordinators coordinators;
    final Controller controller;
    private final DataShard data;
    private final LocalShards shards = new LocalShards();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(
                    Comparator.comparingLong(Alarm::atNanos).thenComparingLong(Alarm::order));
    private ShardLeader elsewhere;
    private long nanos;
    private long alarmsSet;
    private long lastTick;

    CoordinatingBroker() {
        try {
            ControllerStateMachine machine = new ControllerStateMachine();
            machine.started();
            SteppedShard controllerShard = new SteppedShard(0, machine);
            controller = new Controller(controllerShard, machine);
            controller.submit(new FormCluster("c", List.of(1), 1)).join();
            register(1, "near");
            register(2, "far");
            data =
                    new DataShard(
                            1,
                            new MemoryPartitionLogStore(),
                            ProducerLimits.DEFAULT,
                            ShardCounters.NONE);
            data.started();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shard = new SteppedShard(1, data);
        shards.add(
                new LocalShard(
                        shard,
                        data,
                        new ShardWriter(
                                shard,
                                CLOCK,
                                () -> nanos,
                                WriterLimits.DEFAULT,
                                gate,
                                ShardCounters.NONE,
                                tasks::add)));
        LocalLeaders local = new LocalLeaders(shards);
        Redirects redirects =
                new Redirects(
                        controller.images()::current,
                        new LeaderDirectory() {
                            @Override
                            public ShardLeader leader(int number) {
                                return elsewhere == null ? local.leader(number) : elsewhere;
                            }

                            @Override
                            public boolean isAlive(int nodeId) {
                                return true;
                            }
                        },
                        1);
        coordinators =
                new Coordinators(
                        new CoordinatorContext(
                                new Handshake("c"),
                                controller.images()::current,
                                shards,
                                redirects,
                                controller::submit,
                                ends,
                                tasks::add,
                                (delay, task) ->
                                        alarms.add(
                                                new Alarm(
                                                        nanos + delay.toNanos(),
                                                        alarmsSet++,
                                                        task)),
                                CLOCK,
                                () -> nanos,
                                heard));
        PlacementReconciler reconciler = new PlacementReconciler(controller, shards, tasks::add);
        controller
                .images()
                .addListener(
                        image -> {
                            reconciler.trigger();
                            coordinators.mapChanged(image);
                        });
        topic("t", 4);
        run();
    }

    private void register(int node, String rack) {
        controller
                .submit(
                        new RegisterBroker(
                                new BrokerImage(
                                        node,
                                        "broker-" + node + ":7400",
                                        "broker-" + node + ":7401",
                                        "broker-" + node + ":7402",
                                        "0.1.0",
                                        rack,
                                        "directory-" + node,
                                        1,
                                        7,
                                        42,
                                        BrokerState.JOINED),
                                false))
                .join();
    }

    void topic(String name, int partitions) {
        controller.submit(new CreateTopic(name, partitions, 1, Map.of(), 0)).join();
        run();
    }

    void grow(String name, int partitions) {
        controller.submit(new GrowTopic(name, partitions)).join();
        run();
    }

    void delete(String name) {
        controller.submit(new DeleteTopic(name, 0)).join();
        run();
    }

    void createGroup(boolean queue, Map<String, String> config) {
        controller.submit(new CreateGroup("billing", queue, config, 0)).join();
        run();
    }

    /** Another broker leads the shard, as this one has heard. */
    void ledElsewhere(int node) {
        elsewhere = new ShardLeader(node, 9);
    }

    /** Does what there is to do now. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Time passes, with its ticks. */
    void pass(Duration time) {
        long until = nanos + time.toNanos();
        run();
        while (nanos < until) {
            nanos += STEP.toNanos();
            while (!alarms.isEmpty() && alarms.peek().atNanos() <= nanos) {
                alarms.poll().task().run();
            }
            if (nanos - lastTick >= Coordinators.TICK.toNanos()) {
                lastTick = nanos;
                coordinators.tick();
            }
            run();
        }
    }

    /** What is gathered goes out. */
    void settle() {
        pass(Duration.ofMillis(20));
    }

    /** The broker stands still meanwhile: no ticks. */
    void stall(Duration time) {
        nanos += time.toNanos();
        lastTick = nanos;
    }

    GroupState group() {
        return data.groups().groups().values().iterator().next();
    }

    boolean hasGroup() {
        return !data.groups().groups().isEmpty();
    }

    /** A member that has joined and was told what to hold. */
    FakeMember member(String id) {
        FakeMember member = new FakeMember(this, id);
        member.join(FakeMember.joinOf(id));
        settle();
        return member;
    }

    /** All do at once what they are told to give up. */
    void releaseAll(FakeMember... members) {
        for (FakeMember member : members) {
            for (int partition : member.revoked()) {
                member.release(member.offset(partition, -1));
            }
        }
        settle();
    }
}
