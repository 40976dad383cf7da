package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.cluster.ClusterBroker;
import io.millrace.tests.cluster.Clusters;
import io.millrace.tests.cluster.TestCluster;
import io.millrace.tests.history.DeliveryGaps;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Alone;
import io.millrace.tests.processes.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever befalls members and coordinator: nothing is lost, and those who stay go on. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
@Alone
class GroupFaultsTest {

    private static final boolean LONG = Boolean.getBoolean("millrace.test.long");
    private static final int MEMBERS = 8;
    private static final int RATE = LONG ? 2_000 : 600;
    private static final Duration LEASE = Duration.ofSeconds(LONG ? 10 : 5);
    private static final Duration BEFORE = Duration.ofSeconds(LONG ? 30 : 5);
    private static final Duration PAUSE = Duration.ofSeconds(LONG ? 60 : 7);
    private static final Duration AFTER = Duration.ofSeconds(LONG ? 10 : 1);

    /** Of a partition that does not move, against the longest gap in the run before. */
    private static final int LONGEST_RATIO = 3;

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("GroupFaultsTest");

    @TempDir Path directory;

    @Test
    void shouldGoOnWhereNothingMovesAndLoseNothing() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (GroupScene scene = new GroupScene(cluster, "billing", false, LEASE, random)) {
            List<MemberProcess> members = scene.launch(MEMBERS + 1);
            MemberProcess killed = members.get(0);
            MemberProcess paused = members.get(1);
            MemberProcess added = members.get(MEMBERS);
            for (MemberProcess member : members.subList(0, MEMBERS)) {
                member.join();
            }
            scene.publish(RATE);
            scene.awaitShared(without(members, added));
            scene.steady();
            GroupScene.watch(BEFORE);

            scene.fault("kill -9 " + killed.name());
            killed.kill();
            scene.awaitShared(without(members, added, killed));
            GroupScene.watch(AFTER);

            scene.fault("stop " + paused.name());
            paused.pause();
            scene.awaitShared(without(members, added, killed, paused));
            GroupScene.watch(PAUSE.minus(LEASE));
            paused.resume();
            scene.awaitShared(without(members, added, killed));
            int losses = scene.losses(paused);
            GroupScene.watch(AFTER);

            scene.fault("add " + added.name());
            added.join();
            scene.awaitShared(without(members, killed));
            GroupScene.watch(AFTER);

            ClusterBroker coordinator = scene.coordinator();
            Map<Integer, Integer> leaders = scene.leaders();
            scene.fault("kill -9 the coordinator, " + coordinator);
            coordinator.kill();
            GroupScene.watch(BEFORE);

            scene.fault("start it again");
            scene.restart(coordinator);
            scene.heal();
            scene.stopPublishing();
            Verdict verdict = scene.finish();

            assertThat(verdict.isClean()).as("%s", verdict).isTrue();
            assertThat(scene.load().failures()).isEmpty();
            assertThat(losses).as("what stood still learns of its loss").isPositive();
            Set<Integer> led = new HashSet<>(leaders.keySet());
            led.removeIf(partition -> leaders.get(partition) != coordinator.node());
            assertThatOthersWentOn(verdict.gaps(), led);
        }
    }

    private static List<MemberProcess> without(List<MemberProcess> all, MemberProcess... some) {
        List<MemberProcess> others = new ArrayList<>(all);
        others.removeAll(List.of(some));
        return others;
    }

    /**
     * No gap is longer than those before, by far. That leaderships go back to the broker that was
     * killed, after its start, is no fault that is judged.
     *
     * @param led the partitions that the killed coordinator led: they had no leader for a while
     */
    private static void assertThatOthersWentOn(DeliveryGaps gaps, Set<Integer> led) {
        assertThat(gaps.partitions()).hasSize(GroupScene.PARTITIONS);
        long longest = LONGEST_RATIO * gaps.longestBefore();
        List<String> tooLong = new ArrayList<>();
        int stayed = 0;
        for (DeliveryGaps.Of each : gaps.partitions()) {
            int last = each.after().length - 2;
            for (int fault = 0; fault <= last; fault++) {
                if (fault == last && led.contains(each.partition())) {
                    System.err.printf(
                            "partition %d was led by the killed broker: gap %d ms%n",
                            each.partition(), each.after()[fault] / 1_000_000);
                } else if (!each.moved()[fault]) {
                    stayed++;
                    if (each.after()[fault] > longest) {
                        tooLong.add(
                                "partition %d, fault %d: %d ms"
                                        .formatted(
                                                each.partition(),
                                                fault + 1,
                                                each.after()[fault] / 1_000_000));
                    }
                }
            }
        }
        System.err.printf(
                "%d gaps of partitions that stayed, %d of them longer than %d ms%n",
                stayed, tooLong.size(), longest / 1_000_000);
        assertThat(tooLong).as("%s", gaps).isEmpty();
        assertThat(stayed).as("partitions that stayed, by faults").isPositive();
    }
}
