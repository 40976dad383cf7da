package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ShardStatus;
import io.millrace.v1.TransferLeadership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Publishers notice a pause when the leader of a shard is killed, not an error. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class LeaderKillTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("LeaderKillTest");

    @TempDir Path directory;

    @Test
    void shouldOnlyPauseWhenLeadersAreKilled() throws Exception {
        int kills = Scale.isLong() ? 18 : 2;
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "leader-kill", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            for (int kill = 0; kill < kills; kill++) {
                long begin = System.nanoTime();
                ClusterBroker leader = someLeader(cluster);
                run.fault();
                leader.kill();
                run.awaitAcknowledged(Scale.rate());
                leader.start();
                restOf(begin);
            }
            cluster.awaitWhole();
            run.healed();
            run.awaitAcknowledged(1_000);

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(verdict.pauses().faults()).isEqualTo(kills);
            assertThat(verdict.pauses().medianNanos()).isLessThan(LONGEST_PAUSE.toNanos());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
    void shouldHandLeadershipsOverBeforeAPlannedStop() throws Exception {
        int stops = 9;
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "planned-stop", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            for (int stop = 0; stop < stops; stop++) {
                ClusterBroker leader = someLeader(cluster);
                run.fault();
                leader.stop();
                run.awaitAcknowledged(Scale.rate());
                leader.start();
                cluster.awaitWhole();
            }
            run.healed();

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
    void shouldMoveLeadershipsOnDemand() throws Exception {
        int moves = 9;
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (FaultRun run = FaultRun.begin(cluster, "planned-move", Scale.rate(), random)) {
            run.awaitAcknowledged(Scale.rate());
            for (int move = 0; move < moves; move++) {
                int shard = 1 + move % 3;
                int next = cluster.leader(shard).node() % 3 + 1;
                run.fault();
                ClusterControl.change(cluster.broker(1).address(), transfer(shard, next));
                cluster.await(
                        "shard " + shard + " is led by node " + next,
                        INTERVAL,
                        status ->
                                status.getShardsList().stream()
                                        .map(ShardStatus::getShard)
                                        .anyMatch(
                                                each ->
                                                        each.getShard() == shard
                                                                && each.getLeaderNode() == next));
                run.awaitAcknowledged(2L * Scale.rate());
            }
            run.healed();

            Verdict verdict = run.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(verdict.pauses().faults()).isEqualTo(moves);
        }
    }

    private static ChangeClusterRequest transfer(int shard, int node) {
        return ChangeClusterRequest.newBuilder()
                .setTransfer(TransferLeadership.newBuilder().setShard(shard).setToNode(node))
                .build();
    }

    /** A broker that leads some data shard. */
    private ClusterBroker someLeader(TestCluster cluster) {
        List<Integer> shards =
                cluster.awaitLeaders().getShardsList().stream()
                        .map(shard -> shard.getShard().getShard())
                        .filter(shard -> shard != 0)
                        .toList();
        return cluster.leader(shards.get(random.nextInt(shards.size())));
    }

    private static void restOf(long begin) {
        long left = begin + INTERVAL.toNanos() - System.nanoTime();
        while (Scale.isLong() && left > 0) {
            LockSupport.parkNanos(left);
            left = begin + INTERVAL.toNanos() - System.nanoTime();
        }
    }
}
