package io.millrace.perf.compare;

import static io.millrace.perf.compare.Contestant.KAFKA_FSYNC;
import static io.millrace.perf.compare.Contestant.KAFKA_PAGE_CACHE;
import static io.millrace.perf.compare.Contestant.MILLRACE_FSYNC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.perf.compare.Comparison.Row;
import io.millrace.perf.compare.Comparison.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final Offset<Double> EXACTLY = within(1e-9);

    private final Plan plan = Plan.of(new Plan.Wish(true, 3, 6, "1g", List.of()));

    @Test
    void shouldTellMediansRangesAndRatios() {
        Comparison comparison =
                of(
                        round(1, MILLRACE_FSYNC, 90_000, 8, 0.9),
                        round(2, KAFKA_FSYNC, 30_000, 40, 3),
                        round(3, KAFKA_FSYNC, 20_000, 80, 2),
                        round(4, MILLRACE_FSYNC, 70_000, 10, 0.7),
                        round(5, MILLRACE_FSYNC, 80_000, 9, 0.8),
                        round(6, KAFKA_FSYNC, 40_000, 20, 4));

        Row own = row(comparison, MILLRACE_FSYNC);
        Row other = row(comparison, KAFKA_FSYNC);

        assertThat(own.numbers().get(Metric.PUBLISHED))
                .isEqualTo(new Spread(80_000, 70_000, 90_000, 3));
        assertThat(own.numbers().get(Metric.ACK_P99).median()).isEqualTo(9);
        assertThat(own.numbers().get(Metric.BROKER_CPU).median()).isEqualTo(10, EXACTLY);
        assertThat(own.numbers().get(Metric.WRITTEN).median()).isEqualTo(3, EXACTLY);
        assertThat(own.numbers().get(Metric.FORCES).median()).isEqualTo(20, EXACTLY);
        assertThat(own.numbers()).doesNotContainKey(Metric.RECEIVED);
        assertThat(own.ratios()).isEmpty();
        assertThat(own.verified()).isEqualTo(240_000);
        assertThat(other.ratios().get(Metric.PUBLISHED)).isEqualTo(80.0 / 30, EXACTLY);
        assertThat(other.ratios().get(Metric.BROKER_CPU)).isEqualTo(0.1, EXACTLY);
        assertThat(comparison.isWhole()).isTrue();
        assertThat(comparison.problems()).isEmpty();
    }

    @Test
    void shouldTellWhichTargetsAreMetAndWhichAreMissed() {
        Comparison comparison =
                of(
                        round(1, MILLRACE_FSYNC, 90_000, 8, 0.9),
                        round(2, KAFKA_FSYNC, 30_000, 40, 0.6),
                        round(3, KAFKA_PAGE_CACHE, 90_001, 40, 1.5));

        assertThat(verdict(comparison, Metric.PUBLISHED, KAFKA_FSYNC).met()).isTrue();
        assertThat(verdict(comparison, Metric.BROKER_CPU, KAFKA_FSYNC).met()).isFalse();
        assertThat(verdict(comparison, Metric.BROKER_CPU, KAFKA_FSYNC).ratio())
                .isEqualTo(0.5, EXACTLY);
        assertThat(verdict(comparison, Metric.PUBLISHED, KAFKA_PAGE_CACHE).met()).isFalse();
        assertThat(comparison.verdicts()).hasSameSizeAs(Target.ALL);
        assertThat(comparison.verdicts())
                .filteredOn(each -> !each.target().scenario().equals(Scenarios.ONE_PARTITION))
                .allSatisfy(each -> assertThat(each.met()).isNull());
        assertThat(CompareText.of(comparison)).contains("MISSED", "not measured", "3.00×");
    }

    @Test
    void shouldNotCountWhatIsNotAccountedFor() {
        Comparison comparison =
                of(
                        round(1, MILLRACE_FSYNC, 90_000, 8, 0.9),
                        Results.round(2, "kafka", Results.bad(step(KAFKA_FSYNC), "3 records lost")),
                        Results.round(
                                3,
                                "kafka",
                                StepResult.failed(step(KAFKA_PAGE_CACHE), "no answer")));

        assertThat(comparison.isWhole()).isFalse();
        assertThat(comparison.problems())
                .containsExactly(
                        "round 2, 1-topic-1-partition-1kb, Kafka, fsync: 3 records lost",
                        "round 3, 1-topic-1-partition-1kb, Kafka, page cache: no answer");
        assertThat(comparison.rows()).extracting(Row::contestant).containsExactly(MILLRACE_FSYNC);
        assertThat(verdict(comparison, Metric.PUBLISHED, KAFKA_FSYNC).met()).isNull();
        assertThat(CompareText.of(comparison)).contains("not counted", "3 records lost");
    }

    @Test
    void shouldTellMedianAndWorstGapOfAllFailovers() {
        Plan kills = Plan.of(new Plan.Wish(true, 1, 6, "1g", List.of(Scenarios.KILL_LEADER)));
        Step own = kills.rounds().get(0).steps().get(0);
        Step other = kills.rounds().get(1).steps().get(0);
        Comparison comparison =
                Comparison.of(
                        kills,
                        List.of(
                                Results.round(1, "millrace", Results.failovers(own, 90, 50, 400)),
                                Results.round(2, "kafka", Results.failovers(other, 700, 900))));

        assertThat(row(comparison, MILLRACE_FSYNC).numbers())
                .containsEntry(Metric.ACK_GAP, new Spread(90, 90, 90, 1))
                .containsEntry(Metric.ACK_GAP_WORST, new Spread(400, 400, 400, 1))
                .containsEntry(Metric.DELIVERY_GAP, new Spread(91, 91, 91, 1))
                .containsEntry(Metric.DELIVERY_GAP_WORST, new Spread(401, 401, 401, 1))
                .doesNotContainKeys(Metric.BROKER_CPU, Metric.WRITTEN, Metric.PEAK_MEMORY);
        Verdict verdict =
                comparison.verdicts().stream()
                        .filter(each -> each.target().metric() == Metric.ACK_GAP)
                        .findFirst()
                        .orElseThrow();
        assertThat(verdict.ratio()).isEqualTo(90.0 / 800, EXACTLY);
        assertThat(verdict.met()).isTrue();
        assertThat(CompareText.of(comparison)).contains("ack gap, worst, ms");
        assertThat(ComparePage.of(comparison)).contains("ack gap, median", "kill -9");
    }

    @Test
    void shouldTellWhoCameFirstAndWhatMemoryWasFree() {
        Comparison comparison =
                of(
                        round(1, KAFKA_FSYNC, 30_000, 40, 0.6),
                        round(2, MILLRACE_FSYNC, 90_000, 8, 0.9));

        assertThat(comparison.order()).containsExactly("kafka", "millrace");
        assertThat(comparison.freeMiB())
                .containsEntry("kafka", new Spread(400, 400, 400, 1))
                .containsEntry("millrace", new Spread(400, 400, 400, 1));
        assertThat(CompareText.of(comparison)).contains("kafka, then millrace", "kafka 400 to 400");
        assertThat(ComparePage.of(comparison)).contains("kafka, then millrace");
    }

    @Test
    void shouldTellWhyForcesWereNotCountedRatherThanNone() {
        StepResult counted = Results.step(step(MILLRACE_FSYNC), 1_000, 8, 1);
        StepResult uncounted =
                StepResult.of(
                        step(MILLRACE_FSYNC),
                        counted.load(),
                        counted.brokers(),
                        Forces.uncounted("perf is not installed"),
                        0,
                        1);

        Comparison comparison = of(Results.round(1, "millrace", uncounted));

        assertThat(comparison.uncounted()).containsExactly("perf is not installed");
        assertThat(row(comparison, MILLRACE_FSYNC).numbers()).doesNotContainKey(Metric.FORCES);
        assertThat(CompareText.of(comparison)).contains("not counted: perf is not installed");
        assertThat(ComparePage.of(comparison)).contains("not counted: perf is not installed");
    }

    @Test
    void shouldTakeTheMiddleOfTwo() {
        assertThat(Spread.of(List.of(1.0, 4.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4, 4));
        assertThat(Spread.of(List.of(5.0))).isEqualTo(new Spread(5, 5, 5, 1));
    }

    @Test
    void shouldMakeAPageWithoutForeignMarkup() {
        Comparison comparison =
                of(
                        round(1, MILLRACE_FSYNC, 90_000, 8, 0.9),
                        round(2, KAFKA_FSYNC, 30_000, 40, 0.6),
                        Results.round(
                                3,
                                "kafka",
                                StepResult.failed(
                                        step(KAFKA_PAGE_CACHE), "<script>alert('x')</script>")));

        String page = ComparePage.of(comparison);

        assertThat(page)
                .contains("kafka &lt;1.0&gt; &amp; &quot;more&quot;")
                .contains("the settings &lt;say&gt; so")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
                .contains("<svg", "Kafka, fsync", "missed")
                .doesNotContain("<script", "<say>", "http:", "https:", "src=", "url(", "@import");
    }

    private Comparison of(RoundResult... rounds) {
        Plan same = new Plan(plan.quick(), plan.heap(), plan.rounds().subList(0, rounds.length));
        return Comparison.of(same, List.of(rounds));
    }

    private RoundResult round(
            int number, Contestant contestant, long records, double p99, double brokerSeconds) {
        return Results.round(
                number,
                contestant.system(),
                Results.step(step(contestant), records, p99, brokerSeconds));
    }

    private Step step(Contestant contestant) {
        List<Step> steps = new ArrayList<>();
        plan.rounds().forEach(round -> steps.addAll(round.steps()));
        return steps.stream()
                .filter(step -> step.contestant() == contestant)
                .filter(step -> step.scenario().name().equals(Scenarios.ONE_PARTITION))
                .findFirst()
                .orElseThrow();
    }

    private static Row row(Comparison comparison, Contestant contestant) {
        return comparison.rows().stream()
                .filter(each -> each.contestant() == contestant)
                .findFirst()
                .orElseThrow();
    }

    private static Verdict verdict(Comparison comparison, Metric metric, Contestant against) {
        return comparison.verdicts().stream()
                .filter(each -> each.target().scenario().equals(Scenarios.ONE_PARTITION))
                .filter(each -> each.target().metric() == metric)
                .filter(each -> each.target().against() == against)
                .findFirst()
                .orElseThrow();
    }
}
