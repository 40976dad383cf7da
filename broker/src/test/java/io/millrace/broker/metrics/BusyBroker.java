package io.millrace.broker.metrics;

import io.millrace.broker.health.Degradation;
import io.millrace.broker.partition.RecentMemory;
import io.millrace.broker.receiving.QueueReading;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.transport.Lane;
import io.millrace.raft.transport.PeerTraffic;
import io.millrace.v1.PartitionGap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Metrics of a broker in which everything that is measured has happened once. */
final class BusyBroker {

    private BusyBroker() {}

    static BrokerMetrics metrics(Path directory) {
        BrokerMetrics metrics = new BrokerMetrics("1.2.3");
        metrics.publish().acknowledged("quakes", 10, 1_000, 2_000_000, false);
        metrics.publish().acknowledged("quakes", 10, 1_000, 1_000_000, true);
        metrics.publish().refused(ErrorCode.DISK_FULL);
        metrics.subscribe().delivered("quakes", 10, 1_000);
        metrics.subscribe().gap(PartitionGap.Reason.REASON_EXPIRED);
        metrics.subscribe().closed();
        metrics.rpc().begun("millrace.v1.TopicService/CreateTopic");
        metrics.rpc().ended("millrace.v1.TopicService/CreateTopic", "OK");
        metrics.rpc().took("millrace.v1.TopicService/CreateTopic", 3_000_000);
        metrics.raft().walForced(3, 4_096, 100_000, 400_000);
        metrics.raft().appendRefused(3);
        metrics.raft().entryRead(true, 70_000);
        metrics.raft().entryRead(false, 300);
        metrics.raft().entryRead(false, 400);
        metrics.raft().checkpointed(1, 100, 5_000_000, 700);
        metrics.raft().checkpointFailed(1, "no space");
        metrics.raft().stalled(2_000_000_000);
        metrics.raft().shardLost(1, "a bit was flipped");
        metrics.peers().disconnected(2, Lane.DATA, "the connection broke");
        metrics.peers().refused(9, "another cluster");
        metrics.peers().overflowed(2, Lane.DATA);
        metrics.peers().groupBusy(2, "shard-1");
        metrics.peers().replicatorRestarted("shard-1", 2);
        metrics.watchPeers(
                () ->
                        List.of(
                                new PeerTraffic(
                                        2, Lane.DATA, true, "", 3, 40, 5_000, 600, 70, 8, 9)));
        metrics.watchDegradations(
                () -> List.of(new Degradation(Degradation.State.NO_QUORUM, "no leader")));
        metrics.watchShards(
                () -> List.of(new FixedShard(status(0, ShardStatus.Role.LEADER, 1, 90, 80))));
        metrics.shards().leadershipChanged();
        metrics.watchReplicas(() -> List.of(new ReplicaReading(1, 1_234, 5_000)));
        metrics.watchPartitions(() -> List.of(new PartitionReading("quakes", 0, 5, 15, 2_000, 2)));
        metrics.watchRecent(new RecentMemory(1_000));
        metrics.queues().delivered("work", 3);
        metrics.queues().acked("work", 1);
        metrics.queues().nacked("work", 1);
        metrics.queues().expired("work", 1);
        metrics.queues().givenUp("work", 1);
        metrics.watchQueues(() -> List.of(new QueueReading("work", 5, 4, 3, 2, 1, 1)));
        metrics.groups().rebalanced("billing");
        metrics.groups().expired("billing", 1);
        metrics.groups().forced("billing", 2);
        metrics.groups().committed("billing", 3);
        metrics.watchGroups(
                () ->
                        List.of(
                                new GroupReading(
                                        "billing",
                                        2,
                                        true,
                                        Map.of("quakes", new GroupReading.Lag(60, 7_500)),
                                        Map.of("paused", 4))));
        metrics.watchWal(() -> 1_000, () -> 5_000);
        metrics.watchDisk(directory, () -> 600);
        return metrics;
    }

    static ShardStatus status(
            int shard, ShardStatus.Role role, int leader, long commit, long applied) {
        return new ShardStatus(
                shard,
                role,
                7,
                leader,
                Members.voting(new Member(1, 1), new Member(2, 2)),
                List.of(new ShardStatus.Follower(new Member(2, 2), 60, 11_000, false)),
                commit,
                applied,
                50,
                41,
                90,
                "");
    }

    /** A shard of which only the status matters. */
    record FixedShard(ShardStatus status) implements Shard {

        @Override
        public int id() {
            return status.shard();
        }

        @Override
        public long leadingTerm() {
            return status.term();
        }

        @Override
        public void propose(Proposal proposal, long expectedTerm) {
            throw new UnsupportedOperationException("only the status matters here");
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            throw new UnsupportedOperationException("only the status matters here");
        }

        @Override
        public long stalenessNanos() {
            return 0;
        }

        @Override
        public CompletableFuture<Long> checkpoint() {
            throw new UnsupportedOperationException("only the status matters here");
        }
    }
}
