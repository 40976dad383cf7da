package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tests.cluster.Clusters;
import io.millrace.tests.cluster.TestCluster;
import io.millrace.tests.controls.Sabotage;
import io.millrace.tests.history.Anomaly;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Alone;
import io.millrace.tests.processes.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a coordinator does wrong on purpose, the judge of groups sees, and names. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
@Timeout(value = 10, unit = MINUTES)
@Alone
class GroupControlsTest {

    private static final int RATE = 600;

    /** Nobody is to be silent for so long here. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static final Duration MOMENT = Duration.ofSeconds(3);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("GroupControlsTest");

    @TempDir Path directory;

    @Test
    void shouldSeeThatAPartitionIsHandedOverBeforeItIsGivenUp() throws Exception {
        Path classes = Sabotage.handOverAtOnce(directory.resolve("sabotage"));

        Verdict verdict = addAMember(classes, "two-owners");

        assertThat(verdict.anomalies()).as("%s", verdict).containsKey(Anomaly.TWO_OWNERS);
    }

    @Test
    void shouldSeeThatCommitsOfFormerOwnersAreTaken() throws Exception {
        Path classes = Sabotage.takeAnyCommit(directory.resolve("sabotage"));

        Verdict verdict = addAMember(classes, "fenced-commits");

        assertThat(verdict.anomalies()).as("%s", verdict).containsKey(Anomaly.FENCED_COMMIT);
    }

    /** A third member comes; what it gets is taken away from two that hear of it late. */
    private Verdict addAMember(Path classes, String name) throws Exception {
        TestCluster cluster = clusters.prepare(directory, 3, TestCluster.small());
        cluster.brokers().forEach(broker -> broker.sabotagedBy(classes));
        cluster.startAll();
        cluster.awaitWhole();
        try (GroupScene scene = new GroupScene(cluster, name, false, LEASE, random)) {
            scene.set("revocation.timeout.ms", "1s");
            List<MemberProcess> members = scene.launch(3);
            join(members.subList(0, 2));
            scene.publish(RATE);
            scene.awaitShared(members.subList(0, 2));
            join(members.subList(2, 3));
            scene.awaitShared(members);
            GroupScene.watch(MOMENT);
            scene.stopPublishing();
            return scene.finish();
        }
    }

    private static void join(List<MemberProcess> members) throws IOException, InterruptedException {
        for (MemberProcess member : members) {
            member.join();
        }
    }
}
