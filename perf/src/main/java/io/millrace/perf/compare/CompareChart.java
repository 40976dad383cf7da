package io.millrace.perf.compare;

import io.millrace.perf.compare.Comparison.Row;
import java.util.List;
import java.util.Locale;

/** Bars of one number, one for each contestant, as SVG: median, and the range over the rounds. */
final class CompareChart {
    /** The numbers that are drawn where a load has them. */
    static final List<Metric> DRAWN =
            List.of(
                    Metric.PUBLISHED,
                    Metric.RECEIVED,
                    Metric.ACK_P99,
                    Metric.END_TO_END_P99,
                    Metric.ACK_GAP,
                    Metric.DELIVERY_GAP,
                    Metric.RESTART_ACKS,
                    Metric.WHOLE,
                    Metric.BROKER_CPU,
                    Metric.IDLE_CPU);

    private static final int WIDTH = 640;
    private static final int LEFT = 150;
    private static final int RIGHT = 110;
    private static final int BAR = 18;
    private static final int STEP = 26;
    private static final int HEAD = 22;

    private CompareChart() {}

    /** The chart; nothing if no row has the number. */
    static String of(Metric metric, List<Row> rows) {
        List<Row> drawn = rows.stream().filter(row -> row.numbers().containsKey(metric)).toList();
        if (drawn.isEmpty()) {
            return "";
        }
        double most =
                drawn.stream().mapToDouble(row -> row.numbers().get(metric).max()).max().orElse(0);
        double scale = most <= 0 ? 0 : (WIDTH - LEFT - RIGHT) / most;
        int height = HEAD + STEP * drawn.size();
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                        .formatted(WIDTH, height, WIDTH, height));
        String title =
                "%s, %s (%s is better)"
                        .formatted(
                                metric.title(),
                                metric.unit(),
                                metric.moreIsBetter() ? "more" : "less");
        svg.append("<text x=\"0\" y=\"14\">")
                .append(ComparePage.escaped(title))
                .append("</text>\n");
        for (int i = 0; i < drawn.size(); i++) {
            Row row = drawn.get(i);
            bar(svg, row, row.numbers().get(metric), HEAD + STEP * i, scale);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Row row, Spread spread, int top, double scale) {
        double end = LEFT + scale * spread.median();
        int middle = top + BAR / 2;
        svg.append(
                "<text x=\"0\" y=\"%d\">%s</text>%n"
                        .formatted(middle + 4, ComparePage.escaped(row.contestant().title())));
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                        row.contestant().name().toLowerCase(Locale.ROOT),
                        LEFT,
                        top,
                        Math.max(1, end - LEFT),
                        BAR));
        double from = LEFT + scale * spread.min();
        double to = LEFT + scale * spread.max();
        if (spread.rounds() > 1) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"range\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
                            from,
                            middle,
                            to,
                            middle));
        }
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                        Math.max(end, to) + 6,
                        middle + 4,
                        CompareText.number(spread.median())));
    }
}
