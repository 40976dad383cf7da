package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.subscribe.Position;
import io.millrace.tests.history.Drain;
import io.millrace.tests.history.Verdict;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.Outcome;
import io.millrace.v1.RetryClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that nobody hears, that hears nobody, or that is frozen is replaced; publishers find the
 * new one, and the old one promises nothing that it cannot keep.
 */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class IsolatedLeaderTest {

    private static final String TOPIC = "loyal";
    private static final Duration ELECTION = Duration.ofSeconds(60);

    /** Far below any deadline, far above what an answer takes, on a busy machine too. */
    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("IsolatedLeaderTest");

    @TempDir Path directory;

    private enum Cut {
        MUTE,
        DEAF
    }

    @Test
    void shouldRefuseWritesAtOnceAndServeReadsWhereThereIsNoMajority() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        PartitionInfo partition = createTopic(cluster);
        ClusterBroker cutOff = cluster.leader(partition.shard());
        try (LoyalPublisher publisher =
                LoyalPublisher.to(cutOff.address(), TOPIC, partition.partition())) {
            assertThat(publisher.acknowledged(0).getBaseOffset()).isZero();
            cluster.isolate(cutOff.node());
            long said = said(cluster, cutOff, Cut.MUTE) + said(cluster, cutOff, Cut.DEAF);
            assertThat(said).as("bytes through the links before").isPositive();

            publisher.send(1);
            ErrorDetail inFlight = publisher.refused();
            assertThat(inFlight.getReason()).isEqualTo(ErrorReason.OUTCOME_UNKNOWN);
            assertThat(inFlight.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN_YET);

            publisher.turnTo(cutOff.address());
            long begin = System.nanoTime();
            publisher.send(1);
            ErrorDetail late = publisher.refused();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            assertThat(late.getReason())
                    .isIn(ErrorReason.NOT_LEADER, ErrorReason.LEADER_UNAVAILABLE);
            assertThat(late.getRetry()).isEqualTo(RetryClass.RETRY_CLASS_REFRESH);
            assertThat(late.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);

            Drain.peek(directory, cutOff.address(), TOPIC, partition.partition(), 1);
            awaitAnotherLeader(cluster, partition.shard(), cutOff);
            assertThat(said(cluster, cutOff, Cut.MUTE) + said(cluster, cutOff, Cut.DEAF))
                    .as("bytes through the links that were cut")
                    .isEqualTo(said);
            cluster.links().heal();
            cluster.awaitWhole();
            shouldStoreOnceWhatIsSentAgain(cluster, publisher, partition);
        }
    }

    private static void shouldStoreOnceWhatIsSentAgain(
            TestCluster cluster, LoyalPublisher publisher, PartitionInfo partition) {
        await("the same sequence at the new leader")
                .ignoreExceptions()
                .untilAsserted(
                        () -> {
                            publisher.turnTo(cluster.leader(partition.shard()).address());
                            assertThat(publisher.acknowledged(1).getBaseOffset()).isEqualTo(1);
                        });
        try (MillraceClient client = cluster.client()) {
            List<Integer> one = List.of(partition.partition());
            assertThat(client.admin().findOffsets(TOPIC, one, Position.latest()))
                    .allSatisfy(end -> assertThat(end.offset()).isEqualTo(2));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
    void shouldReplaceALeaderThatIsHeardInOneDirectionOnly() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        int shard = createTopic(cluster).shard();
        try (FaultRun run = FaultRun.begin(cluster, "one-way", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            for (Cut cut : Cut.values()) {
                ClusterBroker victim = cluster.leader(shard);
                System.err.printf("%s %s%n", cut, victim);
                run.fault();
                cut(cluster, victim, cut);
                long said = said(cluster, victim, cut);
                awaitAnotherLeader(cluster, shard, victim);
                run.awaitAcknowledged(Scale.rate());
                assertThat(said(cluster, victim, cut)).as("what was let through").isEqualTo(said);
                cluster.links().heal();
                cluster.awaitWhole();
            }
            judge(run);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.long", matches = "true")
    void shouldReplaceALeaderThatIsFrozen() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        int shard = createTopic(cluster).shard();
        try (FaultRun run = FaultRun.begin(cluster, "frozen", Scale.rate(), random)) {
            run.awaitAcknowledged(1_000);
            for (int seconds : List.of(5, 15, 30)) {
                ClusterBroker victim = cluster.leader(shard);
                run.fault();
                long begin = System.nanoTime();
                victim.pause();
                awaitAnotherLeader(cluster, shard, victim);
                run.awaitAcknowledged(Scale.rate());
                LockSupport.parkNanos(
                        begin + Duration.ofSeconds(seconds).toNanos() - System.nanoTime());
                victim.resume();
                cluster.awaitWhole();
            }
            judge(run);
        }
    }

    private static void judge(FaultRun run) throws Exception {
        run.healed();
        run.awaitAcknowledged(Scale.rate());

        Verdict verdict = run.finish();

        assertThat(verdict.isClean()).as("%s", verdict).isTrue();
    }

    /** A topic beside that of the run; its first partition. */
    private static PartitionInfo createTopic(TestCluster cluster) {
        try (MillraceClient client = cluster.client()) {
            client.admin().createTopic(new NewTopic(TOPIC, 1, 3, Map.of()));
            return client.admin().describeTopic(TOPIC).partitions().get(0);
        }
    }

    private static void cut(TestCluster cluster, ClusterBroker victim, Cut cut) {
        for (ClusterBroker other : cluster.brokers()) {
            if (other != victim && cut == Cut.MUTE) {
                cluster.links().cut(victim.node(), other.node());
            } else if (other != victim) {
                cluster.links().cut(other.node(), victim.node());
            }
        }
    }

    /** How many bytes the others were let hear of it, or it of them. */
    private static long said(TestCluster cluster, ClusterBroker victim, Cut direction) {
        Links links = cluster.links();
        return cluster.brokers().stream()
                .mapToInt(ClusterBroker::node)
                .filter(other -> other != victim.node())
                .mapToLong(
                        other ->
                                direction == Cut.MUTE
                                        ? links.passed(victim.node(), other)
                                        : links.passed(other, victim.node()))
                .sum();
    }

    private static void awaitAnotherLeader(TestCluster cluster, int shard, ClusterBroker former) {
        cluster.await(
                "another leader of shard " + shard,
                ELECTION,
                status ->
                        status.getShardsList().stream()
                                .map(each -> each.getShard())
                                .filter(each -> each.getShard() == shard)
                                .anyMatch(
                                        each ->
                                                each.getLeaderNode() != 0
                                                        && each.getLeaderNode() != former.node()));
    }
}
