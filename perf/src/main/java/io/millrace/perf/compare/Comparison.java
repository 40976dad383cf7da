package io.millrace.perf.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.perf.measure.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What all rounds found, told together. As JSON it is stable: fields are added, never changed.
 *
 * @param quick whether it is the short form
 * @param rounds how many were done
 * @param planned how many there are to do
 * @param startTime when the first began, ISO-8601 in UTC
 * @param order whose turn it was in each round that was done
 * @param clusters what was compared, by system
 * @param machine on which
 * @param stolen the largest share of the processors' time that other machines took during a
 *     measurement, 0 to 1
 * @param freeMiB memory that nobody used when a measurement began, in MiB, by system: new pages of
 *     it may cost more than others
 * @param uncounted why calls that wait for a disk were not counted everywhere; empty if they were
 * @param rows a load on a contestant each
 * @param verdicts on all targets
 * @param problems what does not count, and why; empty if all was measured and every record is
 *     accounted for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Comparison(
        boolean quick,
        int rounds,
        int planned,
        String startTime,
        List<String> order,
        Map<String, String> clusters,
        Setting.Machine machine,
        double stolen,
        Map<String, Spread> freeMiB,
        List<String> uncounted,
        List<Row> rows,
        List<Verdict> verdicts,
        List<String> problems) {

    private static final double MIB = 1 << 20;

    /**
     * A load on a contestant.
     *
     * @param scenario the load
     * @param title what it is
     * @param contestant who got it
     * @param assurance what acknowledgements stood for, and how that was found out
     * @param verified records that were accounted for, over all rounds
     * @param numbers what was found
     * @param ratios Millrace's medians divided by these; empty for Millrace itself
     */
    record Row(
            String scenario,
            String title,
            Contestant contestant,
            String assurance,
            long verified,
            Map<Metric, Spread> numbers,
            Map<Metric, Double> ratios) {}

    /**
     * Whether a target is met.
     *
     * @param target the target
     * @param ratio what was reached; null if it was not measured
     * @param met whether that is enough; null if it was not measured
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Verdict(Target target, Double ratio, Boolean met) {}

    /** Of the rounds of a plan that were done. */
    static Comparison of(Plan plan, List<RoundResult> rounds) {
        List<Row> rows = rows(plan, rounds);
        Map<String, String> clusters = new TreeMap<>();
        rounds.forEach(round -> clusters.put(round.system(), round.cluster()));
        List<StepResult> steps = rounds.stream().flatMap(round -> round.steps().stream()).toList();
        return new Comparison(
                plan.quick(),
                rounds.size(),
                plan.rounds().size(),
                rounds.isEmpty() ? null : rounds.get(0).startTime(),
                rounds.stream().map(RoundResult::system).toList(),
                clusters,
                steps.stream()
                        .filter(step -> step.load() != null)
                        .map(step -> step.load().machine())
                        .findFirst()
                        .orElse(null),
                steps.stream().mapToDouble(StepResult::stolen).max().orElse(0),
                freeMiB(rounds),
                steps.stream()
                        .map(StepResult::forces)
                        .filter(forces -> forces != null && forces.uncounted() != null)
                        .map(Forces::uncounted)
                        .distinct()
                        .toList(),
                rows,
                Target.ALL.stream().map(target -> verdict(target, rows)).toList(),
                problems(rounds));
    }

    /** Whether everything that was planned was measured and every record is accounted for. */
    boolean isWhole() {
        return rounds == planned && problems.isEmpty();
    }

    private static Map<String, Spread> freeMiB(List<RoundResult> rounds) {
        Map<String, List<Double>> free = new TreeMap<>();
        for (RoundResult round : rounds) {
            for (StepResult step : round.steps()) {
                if (step.freeBytes() != null) {
                    free.computeIfAbsent(round.system(), system -> new ArrayList<>())
                            .add(step.freeBytes() / MIB);
                }
            }
        }
        Map<String, Spread> spreads = new TreeMap<>();
        free.forEach((system, all) -> spreads.put(system, Spread.of(all)));
        return spreads;
    }

    private static List<Row> rows(Plan plan, List<RoundResult> rounds) {
        List<Row> rows = new ArrayList<>();
        for (Scenario scenario : scenarios(plan)) {
            Map<Contestant, Map<Metric, Spread>> numbers = new EnumMap<>(Contestant.class);
            for (Contestant contestant : Contestant.values()) {
                List<StepResult> steps = steps(rounds, scenario.name(), contestant);
                if (steps.stream().anyMatch(StepResult::counts)) {
                    numbers.put(contestant, numbers(steps));
                }
            }
            Map<Metric, Spread> own = numbers.getOrDefault(Contestant.MILLRACE_FSYNC, Map.of());
            numbers.forEach(
                    (contestant, found) ->
                            rows.add(
                                    row(
                                            scenario,
                                            contestant,
                                            steps(rounds, scenario.name(), contestant),
                                            found,
                                            contestant == Contestant.MILLRACE_FSYNC
                                                    ? Map.of()
                                                    : ratios(own, found))));
        }
        return rows;
    }

    private static Row row(
            Scenario scenario,
            Contestant contestant,
            List<StepResult> steps,
            Map<Metric, Spread> numbers,
            Map<Metric, Double> ratios) {
        List<StepResult> counted = steps.stream().filter(StepResult::counts).toList();
        return new Row(
                scenario.name(),
                scenario.title(),
                contestant,
                counted.get(0).load().assurance().evidence(),
                counted.stream()
                        .filter(step -> step.load().verification() != null)
                        .mapToLong(step -> step.load().verification().expected())
                        .sum(),
                numbers,
                ratios);
    }

    private static List<Scenario> scenarios(Plan plan) {
        return plan.rounds().stream()
                .flatMap(round -> round.steps().stream())
                .map(Step::scenario)
                .distinct()
                .toList();
    }

    private static List<StepResult> steps(
            List<RoundResult> rounds, String scenario, Contestant contestant) {
        return rounds.stream()
                .flatMap(round -> round.steps().stream())
                .filter(step -> step.scenario().equals(scenario))
                .filter(step -> step.contestant() == contestant)
                .toList();
    }

    private static Map<Metric, Spread> numbers(List<StepResult> steps) {
        Map<Metric, Spread> numbers = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            List<Double> found =
                    steps.stream()
                            .map(metric::of)
                            .filter(OptionalDouble::isPresent)
                            .map(OptionalDouble::getAsDouble)
                            .toList();
            if (!found.isEmpty()) {
                numbers.put(metric, Spread.of(found));
            }
        }
        return numbers;
    }

    private static Map<Metric, Double> ratios(Map<Metric, Spread> own, Map<Metric, Spread> others) {
        Map<Metric, Double> ratios = new EnumMap<>(Metric.class);
        others.forEach(
                (metric, other) -> {
                    if (own.containsKey(metric) && other.median() > 0) {
                        ratios.put(metric, own.get(metric).median() / other.median());
                    }
                });
        return ratios;
    }

    private static Verdict verdict(Target target, List<Row> rows) {
        Optional<Double> ratio =
                rows.stream()
                        .filter(row -> row.scenario().equals(target.scenario()))
                        .filter(row -> row.contestant() == target.against())
                        .map(row -> row.ratios().get(target.metric()))
                        .filter(found -> found != null)
                        .findFirst();
        return new Verdict(target, ratio.orElse(null), ratio.map(target::isMetBy).orElse(null));
    }

    private static List<String> problems(List<RoundResult> rounds) {
        List<String> problems = new ArrayList<>();
        for (RoundResult round : rounds) {
            for (StepResult step : round.steps()) {
                if (!step.counts()) {
                    problems.add(
                            "round %d, %s, %s: %s"
                                    .formatted(
                                            round.number(),
                                            step.scenario(),
                                            step.contestant().title(),
                                            step.problem()));
                }
            }
        }
        return problems;
    }
}
