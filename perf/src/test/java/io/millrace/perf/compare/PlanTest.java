package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.perf.load.Spec;
import io.millrace.perf.load.Work;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final double QUICK_MINUTES = 10;

    @Test
    void shouldLetTheSystemsTakeTurns() {
        Plan plan = of(false, 3, List.of("1-topic-1-partition-1kb", "fan-out-8"));

        assertThat(plan.rounds())
                .extracting(Round::system)
                .containsExactly("millrace", "kafka", "kafka", "millrace", "millrace", "kafka");
        assertThat(plan.rounds()).extracting(Round::number).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void shouldGiveIdlePartitionsAClusterThatHasDoneNothing() {
        List<Round> alone =
                full(2).rounds().stream().filter(round -> round.warmUp() == null).toList();

        assertThat(alone).allSatisfy(round -> assertThat(round.steps()).hasSize(1));
        assertThat(alone)
                .extracting(round -> round.steps().get(0).scenario().name() + " " + round.system())
                .containsSequence("idle-1000 millrace", "idle-1000 kafka")
                .containsSequence("idle-1000 kafka", "idle-1000 millrace");
        assertThat(alone.get(0).steps().get(0).pace().warmUpSeconds()).isGreaterThanOrEqualTo(60);
        assertThat(of(true, 1, List.of("idle-10")).rounds())
                .extracting(Round::system)
                .containsExactly("millrace", "kafka");
    }

    @Test
    void shouldGiveEverySystemTheSameLoads() {
        for (Plan plan : List.of(full(1), quick())) {
            assertThat(scenarios(plan.rounds().get(0))).isEqualTo(scenarios(plan.rounds().get(1)));
        }
    }

    @Test
    void shouldMeasureEveryTargetOfALoadThatIsThere() {
        for (Plan plan : List.of(full(1), quick())) {
            for (Target target : targets(plan)) {
                assertThat(steps(plan))
                        .as("%s", target)
                        .contains(
                                target.scenario() + " " + target.against(),
                                target.scenario() + " " + Contestant.MILLRACE_FSYNC);
            }
        }
    }

    @Test
    void shouldWarmEachClusterForAMinute() {
        assertThat(full(2).rounds())
                .filteredOn(round -> !round.steps().get(0).scenario().work().isAlone())
                .isNotEmpty()
                .allSatisfy(
                        round -> {
                            assertThat(round.warmUp().pace().seconds()).isGreaterThanOrEqualTo(60);
                            assertThat(round.warmUp().contestant().system())
                                    .isEqualTo(round.system());
                        });
    }

    @Test
    void shouldKeepTheQuickFormWithinItsTime() {
        // Beside the load: to start and end a process, to read back, and to write what is dirty.
        double perStep = 8;
        double perRound = 25 + Workshop.QUICK_FILL.toSeconds();
        double seconds = 0;
        for (Round round : quick().rounds()) {
            seconds += perRound + round.warmUp().pace().seconds();
            for (Step step : round.steps()) {
                seconds += perStep + step.pace().warmUpSeconds() + step.pace().seconds();
            }
        }

        assertThat(seconds / 60).isLessThan(QUICK_MINUTES);
    }

    @Test
    void shouldSpecifyEveryStep() {
        for (Plan plan : List.of(full(1), quick())) {
            for (Round round : plan.rounds()) {
                for (Step step : round.steps()) {
                    assertThat(spec(step).batchBytes()).isEqualTo(64 << 10);
                }
            }
        }
    }

    @Test
    void shouldKillLeadersAgainAndAgainButNotToWarmUp() {
        for (Round round : of(false, 1, List.of("kill-leader")).rounds()) {
            assertThat(specs(round)).extracting(Spec::failovers).containsExactly(20);
            Spec warmUp = spec(round.warmUp());
            assertThat(warmUp.work()).isEqualTo(Work.END_TO_END);
            assertThat(warmUp.failovers()).isZero();
        }
        for (Round round : of(true, 1, List.of("planned-move", "kill-leader")).rounds()) {
            assertThat(specs(round)).extracting(Spec::failovers).containsExactly(5, 5);
        }
    }

    @Test
    void shouldNeedRoomForAllReplicas() {
        assertThat(quick().diskBytes()).isBetween(10L << 30, 40L << 30);
        assertThat(full(1).diskBytes()).isGreaterThan(quick().diskBytes());
    }

    @Test
    void shouldRecoverFromLessInTheQuickForm() {
        List<String> names = List.of("restart-10gib", "catch-up");
        for (Step step :
                of(false, 1, names).rounds().stream().map(r -> r.steps().get(0)).toList()) {
            assertThat(3 * step.scenario().records() * step.scenario().recordBytes())
                    .as("over all replicas")
                    .isCloseTo(10L << 30, within(1L << 20));
            assertThat(step.scenario().title()).contains("10.0 GiB");
        }
        assertThat(of(true, 1, names).rounds().get(0).steps().get(0).scenario().title())
                .contains("0.8 GiB");
        assertThat(of(false, 1, names).diskBytes()).isBetween(20L << 30, 40L << 30);
        assertThat(of(true, 1, names).diskBytes()).isLessThan(10L << 30);
    }

    @Test
    void shouldDoOnlyWhatIsNamed() {
        Plan plan = of(true, 1, List.of("large-messages-1mb", "backlog-drain-1p"));

        assertThat(scenarios(plan.rounds().get(0)))
                .containsExactlyInAnyOrder("large-messages-1mb", "backlog-drain-1p");
        assertThatThrownBy(() -> of(true, 1, List.of("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"nothing\"")
                .hasMessageContaining("large-messages-1mb");
    }

    private static List<Spec> specs(Round round) {
        return round.steps().stream().map(PlanTest::spec).toList();
    }

    private static Spec spec(Step step) {
        return step.scenario().spec(step.contestant(), "a:1", "t", step.pace());
    }

    private static Plan full(int rounds) {
        return of(false, rounds, List.of());
    }

    private static Plan quick() {
        return of(true, 1, List.of());
    }

    private static Plan of(boolean quick, int rounds, List<String> names) {
        double seconds = quick ? Plan.QUICK_SECONDS : 60;
        return Plan.of(new Plan.Wish(quick, rounds, seconds, "1g", names));
    }

    /** The quick form has no time for what needs a cluster of its own. */
    private static List<Target> targets(Plan plan) {
        Set<String> tooLong = Set.of(Footprints.IDLE_1000, Scenarios.KILL_LEADER);
        return Target.ALL.stream()
                .filter(target -> !plan.quick() || !tooLong.contains(target.scenario()))
                .toList();
    }

    private static Set<String> scenarios(Round round) {
        return round.steps().stream()
                .map(step -> step.scenario().name())
                .collect(Collectors.toSet());
    }

    private static List<String> steps(Plan plan) {
        return plan.rounds().stream()
                .flatMap(round -> round.steps().stream())
                .map(step -> step.scenario().name() + " " + step.contestant())
                .toList();
    }
}
