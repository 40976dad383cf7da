package io.millrace.broker.topics;

import io.millrace.broker.cluster.LeaderDirectory;
import io.millrace.broker.cluster.LocalLeaders;
import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.cluster.ShardLeader;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.shard.DataShard;
import io.millrace.broker.shard.ProducerLimits;
import io.millrace.broker.shard.ShardCounters;
import io.millrace.broker.shard.ShardWriter;
import io.millrace.broker.shard.WriteGate;
import io.millrace.broker.shard.WriterLimits;
import io.millrace.v1.CreateTopicRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A cluster of one broker and two data shards, in memory and on one thread. */
public final class OneBroker {

    public static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5_000), ZoneOffset.UTC);

    public final InstantShard controllerShard;
    public final List<InstantShard> dataShards = new ArrayList<>();
    public final LocalShards shards = new LocalShards();
    public final Controller controller;
    public final Redirects redirects;
    public final LocalPartitions partitions;
    public final PlacementReconciler reconciler;
    public final TopicAdmin admin;
    public final TopicQueries queries;
    public final PartitionAdmin partitionAdmin;
    public final AskedBrokers remote = new AskedBrokers();
    private final Map<Integer, ShardLeader> leadersElsewhere = new HashMap<>();

    public OneBroker() throws IOException {
        ControllerStateMachine machine = new ControllerStateMachine();
        machine.started();
        controllerShard = new InstantShard(0, machine);
        controller = new Controller(controllerShard, machine);
        ClusterImage image =
                controller.submit(new FormCluster("test-cluster", List.of(1), 2)).join();
        register(1, "h");
        shards.addController(controllerShard);
        for (ShardImage shard : image.dataShards()) {
            add(shard.shard());
        }
        LocalLeaders local = new LocalLeaders(shards);
        redirects =
                new Redirects(
                        controller.images()::current,
                        new LeaderDirectory() {
                            @Override
                            public ShardLeader leader(int shard) {
                                return leadersElsewhere.getOrDefault(shard, local.leader(shard));
                            }

                            @Override
                            public boolean isAlive(int nodeId) {
                                return true;
                            }
                        },
                        1);
        partitions = new LocalPartitions(controller.images()::current, shards, redirects);
        reconciler = new PlacementReconciler(controller, shards, Runnable::run);
        partitionAdmin = new PartitionAdmin(partitions, redirects, remote, Runnable::run);
        admin =
                new TopicAdmin(
                        controller, reconciler, partitions, partitionAdmin, Runnable::run, CLOCK);
        queries = new TopicQueries(controller.images()::current);
    }

    /** A broker joins the cluster. */
    public void register(int nodeId, String host) {
        controller
                .submit(
                        new RegisterBroker(
                                new BrokerImage(
                                        nodeId,
                                        host + ":7400",
                                        host + ":7401",
                                        host + ":7402",
                                        "0.1.0",
                                        "",
                                        "directory-" + nodeId,
                                        1,
                                        7,
                                        42,
                                        BrokerState.JOINED),
                                false))
                .join();
    }

    /** What it knows is as if this broker had no replica of a shard, and another one led it. */
    public void moveAway(int shard, int toNode) {
        shards.remove(shard);
        leadersElsewhere.put(shard, new ShardLeader(toNode, 9));
    }

    private void add(int number) throws IOException {
        DataShard machine =
                new DataShard(
                        number,
                        new MemoryPartitionLogStore(),
                        ProducerLimits.DEFAULT,
                        ShardCounters.NONE);
        machine.started();
        InstantShard shard = new InstantShard(number, machine);
        dataShards.add(shard);
        shards.add(
                new LocalShard(
                        shard,
                        machine,
                        new ShardWriter(
                                shard,
                                CLOCK,
                                () -> 0,
                                WriterLimits.DEFAULT,
                                new WriteGate(),
                                ShardCounters.NONE,
                                Runnable::run)));
    }

    /** Creates a topic of that many partitions. */
    public void create(String topic, int count) {
        admin.create(
                        CreateTopicRequest.newBuilder()
                                .setName(topic)
                                .setPartitionCount(count)
                                .build())
                .join();
    }

    /** Appends records to a partition's log, past Raft. */
    public void append(String topic, int partition, int records) throws IOException {
        PartitionLog log = partitions.place(topic, 0, partition).view().log();
        log.append(
                List.of(
                        new StoredBatch(
                                log.endOffset(),
                                records,
                                log.endOffset() + 1,
                                1,
                                1_000 + log.endOffset(),
                                ByteBuffer.wrap(new byte[10]))));
    }
}
