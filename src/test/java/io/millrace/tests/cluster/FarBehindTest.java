package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.ReplicaStatus;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A broker that was away for longer than the others keep their log gets a checkpoint instead. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class FarBehindTest {

    private static final int AWAY = 3;

    /** The log is kept back to the checkpoint before the newest. */
    private static final int CHECKPOINTS = 3;

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("FarBehindTest");

    @TempDir Path directory;

    @Test
    void shouldInstallACheckpointAndPullWhatItMissed() throws Exception {
        Map<String, String> settings = new HashMap<>(TestCluster.small());
        settings.put("checkpoint.bytes", "1MiB");
        TestCluster cluster = clusters.start(directory, 3, settings);
        ClusterBroker away = cluster.broker(AWAY);
        try (FaultRun run = FaultRun.begin(cluster, "far-behind", Scale.rate(), random)) {
            run.awaitAcknowledged(Scale.rate());
            run.fault();
            away.stop();
            awaitCheckpoints(cluster);
            away.start();

            // It is whole again only after it has noticed that it was not.
            await("bytes pulled by broker " + AWAY)
                    .atMost(ClusterBroker.START)
                    .until(() -> pulledBytes(cluster.awaitLeaders()) > 0);
            cluster.awaitWhole();

            assertThat(away.process().log()).contains("installs CheckpointMark");
            run.healed();
            run.awaitAcknowledged(Scale.rate());
            Verdict verdict = run.finish();
            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
        }
    }

    /** Of each data shard, so many that its log cannot reach back any more. */
    private static void awaitCheckpoints(TestCluster cluster) {
        for (int i = 0; i < CHECKPOINTS; i++) {
            Map<Integer, Long> before = checkpoints(cluster.awaitLeaders());
            await("checkpoint " + (i + 1) + " of each shard, after " + before)
                    .atMost(ClusterBroker.START)
                    .until(
                            () ->
                                    checkpoints(cluster.awaitLeaders()).entrySet().stream()
                                            .allMatch(
                                                    now ->
                                                            now.getValue()
                                                                    > before.get(now.getKey())));
        }
    }

    /** The controller's shard is left out: nothing is changed in it. */
    private static Map<Integer, Long> checkpoints(ClusterStatus status) {
        return status.getShardsList().stream()
                .filter(shard -> shard.getShard().getShard() > 0)
                .collect(
                        Collectors.toMap(
                                shard -> shard.getShard().getShard(),
                                shard -> shard.getCheckpointIndex()));
    }

    private static long pulledBytes(ClusterStatus status) {
        return status.getShardsList().stream()
                .flatMap(shard -> shard.getReplicasList().stream())
                .filter(replica -> replica.getNodeId() == AWAY)
                .mapToLong(ReplicaStatus::getPulledBytes)
                .sum();
    }
}
