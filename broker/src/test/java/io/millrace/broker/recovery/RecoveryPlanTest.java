package io.millrace.broker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RecoverCluster.Survivor;
import io.millrace.broker.recovery.ShardFate.Verdict;
import io.millrace.raft.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Shard n is on the brokers n, n + 1 and n + 2, around; the controller on the first 3 or 5. */
final class RecoveryPlanTest {

    private static final int HERE = 1;

    private final Map<Integer, FoundReplica> found = new TreeMap<>();

    private static ClusterImage cluster(int brokers) {
        ControllerStateMachine machine = new ControllerStateMachine();
        List<Integer> nodes = IntStream.rangeClosed(1, brokers).boxed().toList();
        machine.apply(1, 1, ControllerCodec.encodeCommand(new FormCluster("c", nodes, 1)), null);
        return machine.images().current();
    }

    /** A replica here, whose id is 1, in a shard of these brokers; theirs are their node ids. */
    private void found(int shard, int... voters) {
        List<Member> members =
                IntStream.of(voters).mapToObj(node -> new Member(node, node)).toList();
        found.put(shard, new FoundReplica(shard, 1, members, List.of(), 4, 120, 100));
    }

    private RecoveryPlan plan(ClusterImage image, Set<Integer> lost, Integer... chosen) {
        return RecoveryPlan.of("c", HERE, image, found, lost, Set.of(chosen));
    }

    private static Map<Integer, Verdict> verdicts(RecoveryPlan plan) {
        Map<Integer, Verdict> verdicts = new TreeMap<>();
        plan.shards().forEach(fate -> verdicts.put(fate.shard(), fate.verdict()));
        return verdicts;
    }

    @Test
    void shouldGoOnAloneWhereTheOthersAreGone() {
        ClusterImage image = cluster(3);
        for (int shard = 0; shard <= 3; shard++) {
            found(shard, 1, 2, 3);
        }

        RecoveryPlan plan = plan(image, Set.of(2, 3));

        assertThat(verdicts(plan).values()).hasSize(4).containsOnly(Verdict.GOES_ON_HERE);
        assertThat(plan.isControllerHere()).isTrue();
        assertThat(plan.shards())
                .allSatisfy(fate -> assertThat(fate.dropped()).containsExactly(2, 3))
                .extracting(ShardFate::newReplicaId)
                .doesNotHaveDuplicates()
                .allMatch(id -> id > 1_000_000);
        assertThat(plan.command(image, true).controller()).isTrue();
        assertThat(plan.command(image, true).givenUp()).hasSize(2);
        assertThat(plan.command(image, false).controller()).isFalse();
        assertThat(new RecoveryText(plan, image, Path.of("/d"), Map.of()).toString())
                .contains("goes on alone")
                .contains("left out: brokers 2, 3")
                .contains("ends at entry 120 of term 4; up to entry 100")
                .contains("What may be lost");
    }

    @Test
    void shouldLeaveWhatHasAMajority() {
        for (int shard = 0; shard <= 3; shard++) {
            found(shard, 1, 2, 3);
        }

        RecoveryPlan plan = plan(cluster(3), Set.of(3));

        assertThat(verdicts(plan).values()).containsOnly(Verdict.HAS_MAJORITY);
        assertThat(plan.here()).isEmpty();
    }

    /** Both halves of a change need their majority. */
    @Test
    void shouldAskForTheMajorityFromBeforeAChangeToo() {
        found.put(
                1,
                new FoundReplica(
                        1,
                        1,
                        List.of(new Member(1, 1), new Member(4, 4), new Member(5, 5)),
                        List.of(new Member(1, 1), new Member(2, 2), new Member(3, 3)),
                        4,
                        120,
                        100));

        assertThat(verdicts(plan(ClusterImage.EMPTY, Set.of(2, 3))))
                .containsEntry(1, Verdict.MUST_BE_CHOSEN);
        assertThat(verdicts(plan(ClusterImage.EMPTY, Set.of(2, 3, 4, 5))))
                .containsEntry(1, Verdict.GOES_ON_HERE);
    }

    @Test
    void shouldNotLetTwoBrokersGoOnUnlessOneIsChosen() {
        ClusterImage image = cluster(5);
        found(0, 1, 2, 3, 4, 5);
        found(1, 1, 2, 3);
        found(4, 4, 5, 1);
        found(5, 5, 1, 2);

        RecoveryPlan plan = plan(image, Set.of(2, 3, 5));

        assertThat(verdicts(plan))
                .containsEntry(0, Verdict.MUST_BE_CHOSEN)
                .containsEntry(1, Verdict.GOES_ON_HERE)
                .containsEntry(2, Verdict.IS_ELSEWHERE)
                .containsEntry(3, Verdict.IS_ELSEWHERE)
                .containsEntry(4, Verdict.HAS_MAJORITY)
                .containsEntry(5, Verdict.GOES_ON_HERE);
        assertThat(plan.command(image, false).givenUp()).as("the controller decides").isEmpty();
        assertThat(new RecoveryText(plan, image, Path.of("/d"), Map.of()).toString())
                .contains("add --shard 0");

        RecoveryPlan chosen = plan(image, Set.of(2, 3, 5), 0);

        assertThat(verdicts(chosen)).containsEntry(0, Verdict.GOES_ON_HERE);
        assertThat(chosen.command(image, true).survivors())
                .extracting(Survivor::shard, Survivor::node)
                .containsExactly(tuple(0, 1), tuple(1, 1), tuple(2, 4), tuple(3, 4), tuple(5, 1));
    }

    @Test
    void shouldSayWhatHasNoReplicaLeft() {
        found(0, 1, 2, 3);

        RecoveryPlan plan = plan(cluster(4), Set.of(2, 3, 4));

        assertThat(verdicts(plan)).containsEntry(2, Verdict.IS_GONE);
        assertThat(plan.here()).extracting(ShardFate::shard).containsExactly(0);
    }

    @Test
    void shouldFinishWhatWasCutShort() {
        found.put(
                1,
                new FoundReplica(1, 1, List.of(new Member(1, 1_000_001)), List.of(), 9, 121, 100));
        found.put(2, new FoundReplica(2, 7, List.of(new Member(1, 7)), List.of(), 9, 121, 100));
        found(3, 1, 2, 3);

        RecoveryPlan plan = plan(ClusterImage.EMPTY, Set.of(2, 3));

        assertThat(verdicts(plan))
                .containsEntry(1, Verdict.GOES_ON_HERE)
                .containsEntry(2, Verdict.HAS_MAJORITY);
        assertThat(plan.here().get(0).newReplicaId()).isGreaterThan(1_000_001);
    }

    /** One that only learns may have less than it seems. */
    @Test
    void shouldNotCountOnALearner() {
        found.put(
                1,
                new FoundReplica(
                        1, 9, List.of(new Member(2, 2), new Member(3, 3)), List.of(), 4, 12, 10));

        RecoveryPlan plan = plan(ClusterImage.EMPTY, Set.of(2, 3));

        assertThat(verdicts(plan)).containsEntry(1, Verdict.IS_GONE);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        found(0, 1, 2, 3);
        found(1, 1, 2, 3);
        ClusterImage image = cluster(3);

        refused(() -> plan(image, Set.of()), "with --lost, of the other brokers", "2, 3");
        refused(() -> plan(image, Set.of(1, 2)), "broker 1 is the one", "--lost");
        refused(() -> plan(image, Set.of(2, 9)), "2, 9", "known here: 2, 3");
        refused(() -> plan(image, Set.of(3), 1), "shard 1 cannot be chosen");
        refused(() -> plan(image, Set.of(2, 3), 8), "shard 8 cannot be chosen");
        found(0, 1, 4, 5);
        found(1, 1, 2, 3, 4);
        refused(() -> plan(cluster(5), Set.of(2, 3), 1), "choose it where the controller");
    }

    private static void refused(Runnable asked, String... told) {
        assertThatThrownBy(asked::run)
                .isInstanceOf(RecoveryRefusedException.class)
                .hasMessageContainingAll(told);
    }
}
