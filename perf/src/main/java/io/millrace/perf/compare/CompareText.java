package io.millrace.perf.compare;

import io.millrace.cli.Table;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A comparison for people. */
final class CompareText {
    /** The numbers of the table, in this order. */
    static final List<Metric> TOLD =
            List.of(
                    Metric.PUBLISHED,
                    Metric.RECEIVED,
                    Metric.ACK_P50,
                    Metric.ACK_P99,
                    Metric.ACK_P999,
                    Metric.END_TO_END_P50,
                    Metric.END_TO_END_P99,
                    Metric.END_TO_END_P999,
                    Metric.ACK_GAP,
                    Metric.ACK_GAP_WORST,
                    Metric.DELIVERY_GAP,
                    Metric.DELIVERY_GAP_WORST,
                    Metric.RESTART_ACKS,
                    Metric.WHOLE,
                    Metric.CAUGHT_UP,
                    Metric.DELIVERED_PER_CPU,
                    Metric.BROKER_CPU,
                    Metric.CLIENT_CPU,
                    Metric.WRITTEN,
                    Metric.FORCES,
                    Metric.PEAK_MEMORY,
                    Metric.OWN_MEMORY,
                    Metric.IDLE_CPU,
                    Metric.RESIDENT,
                    Metric.THREADS,
                    Metric.FILES,
                    Metric.MAPS);

    private static final double MUCH_STOLEN = 0.02;

    private final Comparison comparison;
    private final StringBuilder text = new StringBuilder();

    private CompareText(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The text, with a line feed at the end. */
    static String of(Comparison comparison) {
        CompareText text = new CompareText(comparison);
        text.head();
        text.scenarios();
        text.targets();
        text.problems();
        return text.text.toString();
    }

    /** Digits that mean something. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }

    private void head() {
        comparison.clusters().forEach((system, cluster) -> line(system, cluster));
        line(
                "rounds",
                "%d of %d, the systems by turns; medians, and the range where there are more"
                        .formatted(comparison.rounds(), comparison.planned()));
        line("order", order(comparison));
        if (comparison.machine() != null) {
            line(
                    "machine",
                    "%d cores, %s, %s"
                            .formatted(
                                    comparison.machine().cores(),
                                    comparison.machine().java(),
                                    comparison.machine().system()));
        }
        if (!comparison.freeMiB().isEmpty()) {
            line("memory", "MiB free when a measurement began: " + freeMemory(comparison));
        }
        comparison.uncounted().forEach(why -> line("fsyncs", "not counted: " + why));
        if (comparison.stolen() > MUCH_STOLEN) {
            line(
                    "stolen",
                    "up to %.0f %% of the processors' time went to other machines: measure again when it is quiet"
                            .formatted(100 * comparison.stolen()));
        }
    }

    /** Whose turn it was, in words. */
    static String order(Comparison comparison) {
        return String.join(", then ", comparison.order());
    }

    /** How much memory nobody used when measurements began; nothing if that is not known. */
    static String freeMemory(Comparison comparison) {
        return comparison.freeMiB().entrySet().stream()
                .map(
                        free ->
                                "%s %s to %s"
                                        .formatted(
                                                free.getKey(),
                                                number(free.getValue().min()),
                                                number(free.getValue().max())))
                .collect(Collectors.joining(", "));
    }

    private void line(String name, String value) {
        text.append("%-10s %s%n".formatted(name, value));
    }

    private void scenarios() {
        List<String> names =
                comparison.rows().stream().map(Comparison.Row::scenario).distinct().toList();
        for (String name : names) {
            List<Comparison.Row> rows =
                    comparison.rows().stream().filter(row -> row.scenario().equals(name)).toList();
            text.append('\n').append(table(name, rows));
        }
    }

    /** One row a metric, one column a contestant, and the ratios to them. */
    private static Table table(String name, List<Comparison.Row> rows) {
        Table table = new Table().words(name + ": " + rows.get(0).title());
        for (Comparison.Row row : rows) {
            table.numbers(row.contestant().title());
        }
        List<Comparison.Row> others =
                rows.stream().filter(row -> row.contestant() != Contestant.MILLRACE_FSYNC).toList();
        for (Comparison.Row row : others) {
            table.numbers("ratio to " + row.contestant().title());
        }
        for (Metric metric : TOLD) {
            if (rows.stream().anyMatch(row -> row.numbers().containsKey(metric))) {
                Object[] cells = new Object[1 + rows.size() + others.size()];
                int at = 0;
                cells[at++] = metric.title() + ", " + metric.unit();
                for (Comparison.Row row : rows) {
                    cells[at++] = cell(row.numbers(), metric);
                }
                for (Comparison.Row row : others) {
                    Double ratio = row.ratios().get(metric);
                    cells[at++] = ratio == null ? "" : number(ratio) + "×";
                }
                table.row(cells);
            }
        }
        return table;
    }

    /** The median, and the range where there is one; nothing without a number. */
    static String cell(Map<Metric, Spread> numbers, Metric metric) {
        Spread spread = numbers.get(metric);
        if (spread == null) {
            return "";
        }
        return spread.rounds() == 1
                ? number(spread.median())
                : "%s (%s–%s)"
                        .formatted(
                                number(spread.median()),
                                number(spread.min()),
                                number(spread.max()));
    }

    private void targets() {
        Table table =
                new Table()
                        .words("target")
                        .words("Millrace, fsync, against")
                        .numbers("wanted")
                        .numbers("reached")
                        .words("");
        for (Comparison.Verdict verdict : comparison.verdicts()) {
            Target target = verdict.target();
            table.row(
                    target.scenario() + ", " + target.metric().title(),
                    target.against().title(),
                    (target.atLeast() ? "≥ " : "≤ ") + number(target.bound()) + "×",
                    verdict.ratio() == null ? "" : number(verdict.ratio()) + "×",
                    verdict.met() == null ? "not measured" : verdict.met() ? "met" : "MISSED");
        }
        text.append('\n').append(table);
    }

    private void problems() {
        if (comparison.problems().isEmpty()) {
            long records = comparison.rows().stream().mapToLong(Comparison.Row::verified).sum();
            text.append("%nall %,d verified records are accounted for%n".formatted(records));
            return;
        }
        text.append("\nnot counted:\n");
        comparison.problems().forEach(problem -> text.append("  ").append(problem).append('\n'));
    }
}
