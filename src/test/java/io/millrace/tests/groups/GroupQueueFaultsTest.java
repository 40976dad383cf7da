package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.admin.group.GroupMode;
import io.millrace.tests.cluster.ClusterBroker;
import io.millrace.tests.cluster.Clusters;
import io.millrace.tests.cluster.TestCluster;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Alone;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The same in queue mode: nothing is lost, keys keep their order, poison goes out of the way. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
@Alone
class GroupQueueFaultsTest {

    private static final boolean LONG = Boolean.getBoolean("millrace.test.long");
    private static final int MEMBERS = LONG ? 8 : 4;
    private static final int RATE = LONG ? 2_000 : 400;
    private static final Duration LEASE = Duration.ofSeconds(LONG ? 10 : 3);
    private static final Duration PAUSE = Duration.ofSeconds(LONG ? 60 : 5);
    private static final Duration BETWEEN = Duration.ofSeconds(LONG ? 15 : 2);
    private static final int MAX_DELIVERIES = 5;

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("GroupQueueFaultsTest");

    @TempDir Path directory;

    @Test
    void shouldLoseNothingAndPutPoisonAside() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (GroupScene scene = new GroupScene(cluster, "tasks", true, LEASE, random)) {
            configure(scene);
            List<MemberProcess> members = scene.launch(MEMBERS + 1);
            for (MemberProcess member : members.subList(0, MEMBERS)) {
                member.join();
            }
            scene.publish(RATE);
            scene.awaitReceived(2L * RATE);

            MemberProcess killed = members.get(0);
            scene.fault("kill -9 " + killed.name());
            killed.kill();
            GroupScene.watch(BETWEEN);

            MemberProcess paused = members.get(1);
            scene.fault("stop " + paused.name());
            paused.pause();
            members.get(MEMBERS).join();
            GroupScene.watch(PAUSE);
            paused.resume();

            ClusterBroker leader = cluster.broker(scene.leaders().get(0));
            scene.fault("kill -9 " + leader);
            leader.kill();
            GroupScene.watch(BETWEEN);
            scene.restart(leader);
            scene.heal();
            scene.awaitReceived(2L * RATE);

            scene.stopPublishing();
            Verdict verdict = scene.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(scene.load().failures()).isEmpty();
            assertThat(scene.deadLetters().poison())
                    .as("dead letters that are poison")
                    .isPositive();
            assertThat(scene.deadLetters().others()).as("dead letters that are not").isZero();
        }
    }

    /** Deliveries that nobody settles run out soon. */
    private static void configure(GroupScene scene) {
        scene.client()
                .admin()
                .groups()
                .set(
                        scene.group(),
                        GroupMode.QUEUE,
                        Map.of(
                                "max.deliveries",
                                Integer.toString(MAX_DELIVERIES),
                                "delivery.lease.ms",
                                LONG ? "10s" : "3s"),
                        Set.of());
    }
}
