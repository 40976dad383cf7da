package io.millrace.perf.compare;

import io.millrace.perf.compare.Comparison.Row;
import java.util.List;
import java.util.Locale;

/**
 * Bars of one number, one for each contestant: median, and the range over the rounds. Words are
 * HTML, so that they keep their size on a narrow screen; only the bars are SVG.
 */
final class CompareChart {
    /** The numbers that are drawn where a load has them. */
    static final List<Metric> DRAWN =
            List.of(
                    Metric.PUBLISHED,
                    Metric.RECEIVED,
                    Metric.ACK_P50,
                    Metric.ACK_P99,
                    Metric.END_TO_END_P50,
                    Metric.END_TO_END_P99,
                    Metric.ACK_GAP,
                    Metric.DELIVERY_GAP,
                    Metric.RESTART_ACKS,
                    Metric.WHOLE,
                    Metric.BROKER_CPU,
                    Metric.FORCES,
                    Metric.IDLE_CPU,
                    Metric.RESIDENT);

    /** The width of the longest bar. */
    private static final double WIDTH = 100;

    private CompareChart() {}

    /** The chart; nothing if no row has the number. */
    static String of(Metric metric, List<Row> rows) {
        List<Row> drawn = rows.stream().filter(row -> row.numbers().containsKey(metric)).toList();
        if (drawn.isEmpty()) {
            return "";
        }
        double most =
                drawn.stream().mapToDouble(row -> row.numbers().get(metric).max()).max().orElse(0);
        StringBuilder html = new StringBuilder();
        html.append(
                "<figure><figcaption>%s <span class=\"soft\">%s, %s is better</span></figcaption>%n"
                        .formatted(
                                ComparePage.escaped(metric.title()),
                                ComparePage.escaped(metric.unit()),
                                metric.moreIsBetter() ? "more" : "less"));
        for (Row row : drawn) {
            bar(html, row, row.numbers().get(metric), most <= 0 ? 0 : WIDTH / most);
        }
        return html.append("</figure>\n").toString();
    }

    private static void bar(StringBuilder html, Row row, Spread spread, double scale) {
        html.append(
                "<div class=\"bar\"><span>%s</span><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                        .formatted(ComparePage.escaped(row.contestant().title())));
        html.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" width=\"%.2f\" height=\"10\"/>",
                        row.contestant().name().toLowerCase(Locale.ROOT),
                        Math.max(0.5, scale * spread.median())));
        if (spread.rounds() > 1) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<path class=\"range\" d=\"M%1$.2f 5H%2$.2fM%1$.2f 2V8M%2$.2f 2V8\"/>",
                            scale * spread.min(),
                            scale * spread.max()));
        }
        html.append("</svg><b>%s</b></div>%n".formatted(CompareText.number(spread.median())));
    }
}
