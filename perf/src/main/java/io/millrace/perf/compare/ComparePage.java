package io.millrace.perf.compare;

import io.millrace.perf.compare.Comparison.Row;
import io.millrace.perf.compare.Comparison.Verdict;
import java.util.List;
import java.util.Locale;

/** A comparison as one HTML page that needs nothing else: no script, no font, no image. */
final class ComparePage {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d9dde2;
              --paper: #ffffff; --a: #0b6e99; --b: #b4531f; --c: #d39b00; --good: #1a7f37;
              --bad: #c0292c; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa4b0;
              --line: #343a42; --paper: #14171b; --a: #4fb3dc; --b: #e88a54; --c: #e6c14a;
              --good: #4ac26b; --bad: #ff7b72; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
              max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
            .soft { color: var(--soft); } .scroll { overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line);
              white-space: nowrap; }
            th:first-child, td:first-child, td.words { text-align: left; }
            .met { color: var(--good); } .missed { color: var(--bad); font-weight: 600; }
            svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 12px; }
            .range { stroke: var(--ink); stroke-width: 1.5; }
            .millrace_fsync { fill: var(--a); } .kafka_fsync { fill: var(--b); }
            .kafka_page_cache { fill: var(--c); }
            """;

    private final Comparison comparison;
    private final StringBuilder html = new StringBuilder();

    private ComparePage(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The page. */
    static String of(Comparison comparison) {
        ComparePage page = new ComparePage(comparison);
        page.write();
        return page.html.toString();
    }

    /** Text in which nothing is markup, also inside quotes. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private void write() {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
                .append("<title>Millrace and Kafka on one machine</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>Millrace and Kafka on one machine</h1>\n");
        head();
        targets();
        List<String> scenarios = comparison.rows().stream().map(Row::scenario).distinct().toList();
        for (String scenario : scenarios) {
            scenario(
                    comparison.rows().stream()
                            .filter(row -> row.scenario().equals(scenario))
                            .toList());
        }
        problems();
        html.append("</body>\n</html>\n");
    }

    private void head() {
        html.append("<p class=\"soft\">");
        comparison
                .clusters()
                .values()
                .forEach(cluster -> html.append(escaped(cluster)).append("<br>\n"));
        if (comparison.machine() != null) {
            html.append(
                    escaped(
                            "%d cores, %s, %s"
                                    .formatted(
                                            comparison.machine().cores(),
                                            comparison.machine().java(),
                                            comparison.machine().system())));
            html.append("<br>\n");
        }
        html.append(
                escaped(
                        String.format(
                                Locale.ROOT,
                                "%d of %d rounds, begun %s; medians, and the range over the rounds; other"
                                        + " machines took %.1f %% of the processors at most",
                                comparison.rounds(),
                                comparison.planned(),
                                comparison.startTime(),
                                100 * comparison.stolen())));
        html.append("</p>\n");
    }

    private void targets() {
        html.append("<h2>Targets</h2>\n<div class=\"scroll\"><table>\n<tr><th>load</th>")
                .append(
                        "<th>number</th><th>against</th><th>wanted</th><th>reached</th><th></th></tr>\n");
        for (Verdict verdict : comparison.verdicts()) {
            Target target = verdict.target();
            html.append("<tr>");
            words(target.scenario());
            words(target.metric().title());
            words(target.against().title());
            cell((target.atLeast() ? "≥ " : "≤ ") + CompareText.number(target.bound()) + "×");
            cell(verdict.ratio() == null ? "" : CompareText.number(verdict.ratio()) + "×");
            html.append(
                    verdict.met() == null
                            ? "<td>not measured</td>"
                            : verdict.met()
                                    ? "<td class=\"met\">met</td>"
                                    : "<td class=\"missed\">missed</td>");
            html.append("</tr>\n");
        }
        html.append("</table></div>\n");
    }

    private void scenario(List<Row> rows) {
        html.append("<h2>")
                .append(escaped(rows.get(0).title()))
                .append("</h2>\n<p class=\"soft\">");
        html.append(escaped(rows.get(0).scenario()));
        for (Row row : rows) {
            html.append("<br>\n")
                    .append(escaped(row.contestant().title() + ": " + row.assurance()));
        }
        html.append("</p>\n");
        for (Metric metric : CompareChart.DRAWN) {
            html.append(CompareChart.of(metric, rows));
        }
        html.append("<div class=\"scroll\"><table>\n<tr><th></th>");
        for (Row row : rows) {
            html.append("<th>").append(escaped(row.contestant().title())).append("</th>");
        }
        List<Row> others = rows.stream().filter(row -> !row.ratios().isEmpty()).toList();
        for (Row row : others) {
            html.append("<th>ratio to ").append(escaped(row.contestant().title())).append("</th>");
        }
        html.append("</tr>\n");
        for (Metric metric : CompareText.TOLD) {
            if (rows.stream().anyMatch(row -> row.numbers().containsKey(metric))) {
                html.append("<tr>");
                words(metric.title() + ", " + metric.unit());
                rows.forEach(row -> cell(CompareText.cell(row.numbers(), metric)));
                for (Row row : others) {
                    Double ratio = row.ratios().get(metric);
                    cell(ratio == null ? "" : CompareText.number(ratio) + "×");
                }
                html.append("</tr>\n");
            }
        }
        html.append("</table></div>\n");
    }

    private void problems() {
        if (comparison.problems().isEmpty()) {
            return;
        }
        html.append("<h2>Not counted</h2>\n<ul>\n");
        comparison
                .problems()
                .forEach(
                        problem ->
                                html.append("<li class=\"missed\">")
                                        .append(escaped(problem))
                                        .append("</li>\n"));
        html.append("</ul>\n");
    }

    private void words(String text) {
        html.append("<td class=\"words\">").append(escaped(text)).append("</td>");
    }

    private void cell(String text) {
        html.append("<td>").append(escaped(text)).append("</td>");
    }
}
