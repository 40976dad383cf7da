package io.millrace.perf.compare;

import io.millrace.perf.compare.Comparison.Row;
import io.millrace.perf.compare.Comparison.Verdict;
import io.millrace.perf.measure.Setting;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A comparison as one HTML page that needs nothing else: no script, no font, no image. */
final class ComparePage {
    private static final String TITLE = "Millrace and Kafka on one machine";

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
                .append(
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>" + TITLE + "</title>\n<style>\n")
                .append(PageStyle.CSS)
                .append("</style>\n</head>\n<body>\n<h1>" + TITLE + "</h1>\n");
        tally();
        problems();
        facts();
        key();
        targets();
        for (String scenario : scenarios().toList()) {
            scenario(
                    comparison.rows().stream()
                            .filter(row -> row.scenario().equals(scenario))
                            .toList());
        }
        explanations();
        html.append("</body>\n</html>\n");
    }

    private Stream<String> scenarios() {
        return comparison.rows().stream().map(Row::scenario).distinct();
    }

    private void tally() {
        long measured = comparison.verdicts().stream().filter(each -> each.met() != null).count();
        long met =
                comparison.verdicts().stream()
                        .filter(each -> Boolean.TRUE.equals(each.met()))
                        .count();
        html.append(
                "<p class=\"tally\"><b>%d</b> of %d targets met, <b>%d</b> missed, %d not measured</p>%n"
                        .formatted(
                                met,
                                comparison.verdicts().size(),
                                measured - met,
                                comparison.verdicts().size() - measured));
    }

    private void facts() {
        html.append("<dl>\n");
        comparison.clusters().values().forEach(cluster -> fact("System", cluster));
        Setting.Machine machine = comparison.machine();
        if (machine != null) {
            fact(
                    "Machine",
                    "%d cores, %s, %s"
                            .formatted(machine.cores(), machine.java(), machine.system()));
        }
        fact(
                "Rounds",
                "%d of %d, begun %s%s"
                        .formatted(
                                comparison.rounds(),
                                comparison.planned(),
                                seconds(comparison.startTime()),
                                comparison.quick() ? "; the quick form, with short loads" : ""));
        fact("Order", CompareText.order(comparison));
        if (!comparison.freeMiB().isEmpty()) {
            fact("Free memory", CompareText.freeMemory(comparison) + " MiB before measurements");
        }
        comparison.uncounted().forEach(why -> fact("Fsyncs", "not counted: " + why));
        fact(
                "Stolen",
                String.format(
                        Locale.ROOT,
                        "%.1f %% of the processors by other machines at most",
                        100 * comparison.stolen()));
        html.append("</dl>\n");
    }

    /** A time without what is finer than a second. */
    private static String seconds(String time) {
        return String.valueOf(time).replaceFirst("\\.[0-9]+Z", "Z");
    }

    private void fact(String name, String value) {
        html.append("<dt>%s</dt><dd>%s</dd>%n".formatted(name, escaped(value)));
    }

    private void key() {
        html.append("<p class=\"key\">");
        for (Contestant contestant : Contestant.values()) {
            html.append(
                    "<i class=\"%s\"></i>%s"
                            .formatted(
                                    contestant.name().toLowerCase(Locale.ROOT),
                                    escaped(contestant.title())));
        }
        html.append("</p>\n<p>Loads: ");
        html.append(
                String.join(
                        ", ",
                        scenarios()
                                .map(name -> "<a href=\"#%1$s\">%1$s</a>".formatted(escaped(name)))
                                .toList()));
        html.append("</p>\n");
    }

    private void targets() {
        html.append("<h2>Targets</h2>\n<p class=\"soft\">Ratios are Millrace's number, with fsync,")
                .append(" divided by the other's.</p>\n<div class=\"scroll\"><table>\n<tr>")
                .append("<th></th><th class=\"words\">load</th><th class=\"words\">number</th>")
                .append("<th>wanted</th><th>reached</th><th class=\"words\">against</th></tr>\n");
        for (Verdict verdict : comparison.verdicts()) {
            Target target = verdict.target();
            html.append("<tr>");
            html.append(
                    verdict.met() == null
                            ? "<td class=\"words soft\">not measured</td>"
                            : verdict.met()
                                    ? "<td class=\"words good\">met</td>"
                                    : "<td class=\"words bad\">missed</td>");
            words(target.scenario());
            words(target.metric().title());
            cell((target.atLeast() ? "≥ " : "≤ ") + CompareText.number(target.bound()) + "×", "");
            cell(verdict.ratio() == null ? "" : CompareText.number(verdict.ratio()) + "×", "");
            words(target.against().title());
            html.append("</tr>\n");
        }
        html.append("</table></div>\n");
    }

    private void scenario(List<Row> rows) {
        html.append(
                "<h2 id=\"%1$s\">%2$s</h2>%n<p class=\"soft\">%1$s</p>%n"
                        .formatted(escaped(rows.get(0).scenario()), escaped(rows.get(0).title())));
        html.append("<div class=\"charts\">\n");
        for (Metric metric : CompareChart.DRAWN) {
            html.append(CompareChart.of(metric, rows));
        }
        html.append("</div>\n");
        numbers(rows);
        html.append("<details><summary>What acknowledgements stood for</summary>\n");
        for (Row row : rows) {
            html.append(
                    "<p>%s: %s. %,d records accounted for.</p>%n"
                            .formatted(
                                    escaped(row.contestant().title()),
                                    escaped(row.assurance()),
                                    row.verified()));
        }
        html.append("</details>\n");
    }

    private void numbers(List<Row> rows) {
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
                rows.forEach(row -> cell(CompareText.cell(row.numbers(), metric), ""));
                others.forEach(row -> ratio(metric, row.ratios().get(metric)));
                html.append("</tr>\n");
            }
        }
        html.append("</table></div>\n");
    }

    private void ratio(Metric metric, Double ratio) {
        if (ratio == null) {
            cell("", "");
        } else {
            boolean better = metric.moreIsBetter() ? ratio >= 1 : ratio <= 1;
            cell(CompareText.number(ratio) + "×", better ? "good" : "bad");
        }
    }

    private void problems() {
        if (comparison.problems().isEmpty()) {
            return;
        }
        html.append("<h2 class=\"bad\">Not counted</h2>\n<ul>\n");
        comparison
                .problems()
                .forEach(problem -> html.append("<li>").append(escaped(problem)).append("</li>\n"));
        html.append("</ul>\n");
    }

    private void explanations() {
        html.append(
                """
                <h2>How to read this</h2>
                <p><b>fsync</b>: the record is on the disks of a majority before it is acknowledged.
                <b>Page cache</b>: it is in the memory of a majority, and a power cut may take it.</p>
                <p>Numbers are medians over the rounds, with the range where there is more than one;
                lines in the bars are that range. A million and a thousand are of records that were
                acknowledged or, where nothing was published, received. <b>Written</b> is for each byte
                of keys and values, all replicas together. <b>Peak memory</b> is resident memory of the
                three brokers during the load, files that they map included; <b>own memory</b> is
                without files. Fsyncs are counted while the client warms up. Where records are published
                as fast as possible, acknowledgements wait behind all that the publisher holds, and their
                times tell its rate once more.</p>
                <p>Everything that was found, the raw histograms included, is in the files round-NNN.json
                beside this page.</p>
                """);
    }

    private void words(String text) {
        html.append("<td class=\"words\">").append(escaped(text)).append("</td>");
    }

    private void cell(String text, String classes) {
        html.append(classes.isEmpty() ? "<td>" : "<td class=\"" + classes + "\">")
                .append(escaped(text))
                .append("</td>");
    }
}
