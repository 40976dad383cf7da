package io.millrace.broker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.pull.PullPlan.Step;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PullPlanTest {

    private static final MissingRange A = hole(1, 0, 100);
    private static final MissingRange B = hole(1, 200, 300);
    private static final MissingRange C = hole(2, 50, 60);
    private static final List<Integer> NODES = List.of(4, 5);

    private final PullPlan plan = new PullPlan();
    private long now = 1_000;

    private static MissingRange hole(long partition, long from, long to) {
        return new MissingRange(partition, new OffsetRange(from, to));
    }

    private Step next(MissingRange... missing) {
        return plan.next(List.of(missing), NODES, now);
    }

    private void pass(Step step) {
        assertThat(step.target()).isNull();
        now += step.waitNanos();
    }

    @Test
    void shouldGoOnWithTheHoleItIsAt() {
        assertThat(next(B, C).target()).isEqualTo(B);
        MissingRange rest = hole(1, 250, 300);
        assertThat(next(A, rest, C).target()).isEqualTo(rest);
        assertThat(next(A, C).target()).isEqualTo(A);
    }

    @Test
    void shouldBeginWithDifferentSourcesForDifferentPartitions() {
        assertThat(next(A).node()).isNotEqualTo(next(C).node());
        assertThat(next(A).node()).isEqualTo(next(A).node());
    }

    @Test
    void shouldAskAnotherSourceWhenOneRefuses() {
        Step first = next(A);
        plan.refused(first, now);
        Step second = next(A, C);
        assertThat(second.target()).isEqualTo(A);
        assertThat(second.node()).isNotEqualTo(first.node());
        plan.refused(second, now);

        assertThat(next(A, C).target()).as("others are not held up").isEqualTo(C);
        pass(next(A));
        assertThat(next(A).target()).isEqualTo(A);
    }

    @Test
    void shouldLeaveASourceThatDoesNotAnswerAloneForAWhile() {
        Step first = next(A);
        plan.unreachable(first, now);
        for (MissingRange hole : List.of(A, B, C)) {
            assertThat(next(hole).node()).isNotEqualTo(first.node());
        }
    }

    @Test
    void shouldWaitLongerEachTimeButNeverForEver() {
        long longest = 0;
        long before = 0;
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < NODES.size(); i++) {
                plan.refused(next(A), now);
            }
            Step wait = next(A);
            assertThat(wait.waitNanos()).isGreaterThanOrEqualTo(before).isPositive();
            before = wait.waitNanos();
            longest = Math.max(longest, before);
            pass(wait);
        }
        assertThat(longest).isEqualTo(TimeUnit.SECONDS.toNanos(15));
        Step again = next(A);
        plan.succeeded(again);
        plan.refused(again, now);
        plan.refused(next(A), now);
        assertThat(next(A).waitNanos()).as("forgiven").isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    /** S3: the source is ahead; the trim will come through the log, and nothing is missing. */
    @Test
    void shouldWaitWhereASourceAheadHasTrimmed() {
        plan.trimmed(next(A), now);

        assertThat(next(A, B).target()).isEqualTo(B);
        pass(next(A));
        assertThat(next(A).target()).isEqualTo(A);
    }

    @Test
    void shouldHaveNothingToDoWithoutSources() {
        Step step = plan.next(List.of(A), List.of(), now);

        assertThat(step.target()).isNull();
        assertThat(step.waitNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldForgetTheRefusalsOfHolesThatAreGone() {
        plan.refused(next(A), now);
        plan.refused(next(A), now);
        next(C);

        assertThat(next(A).target()).isEqualTo(A);
    }
}
