package io.millrace.perf.measure;

import io.millrace.cli.Table;
import java.util.Locale;

/** A report for people: conditions, rates, errors, latencies, the worst second, verification. */
public final class ReportText {
    private final Report report;
    private final StringBuilder text = new StringBuilder();

    private ReportText(Report report) {
        this.report = report;
    }

    /** The lines, each ended by a line feed. */
    public static String of(Report report) {
        ReportText lines = new ReportText(report);
        lines.conditions();
        lines.rates();
        lines.failures();
        lines.latencies();
        lines.worstSeconds();
        lines.verification();
        return lines.text.toString();
    }

    private void conditions() {
        Setting setting = report.setting();
        line("benchmark", "%s, millrace %s", report.benchmark(), setting.version());
        line(
                "cluster",
                "%s, %s, version %s",
                setting.cluster().servers(),
                count(setting.cluster().brokers(), "broker"),
                setting.cluster().version());
        Setting.Topic topic = setting.topic();
        line(
                "topic",
                "%s%s, %s, %s, %s",
                topic.name(),
                topic.createdForRun() ? " (only for this run)" : "",
                count(topic.partitions(), "partition"),
                count(topic.replicas(), "replica"),
                topic.durability());
        if (setting.load() != null) {
            load(setting.load());
        }
        if (setting.receivers() > 0) {
            line("subscribers", "%d", setting.receivers());
        }
        line(
                "machine",
                "%d cores, %s, heap %s, %s",
                setting.machine().cores(),
                setting.machine().java(),
                size(setting.machine().heapBytes()),
                setting.machine().system());
        line("warm-up", "%.1f s, not in the numbers", setting.warmUpSeconds());
    }

    private void load(Setting.Load load) {
        line(
                "records",
                "%,d bytes, %s, half random, seed %d",
                load.recordSize(),
                load.keyCount() == 0 ? "no keys" : "%,d keys".formatted(load.keyCount()),
                load.seed());
        line(
                "publishers",
                "%d, batch %s, linger %s ms, compression %s, memory %s",
                load.publishers(),
                size(load.batchBytes()),
                trimmed(load.lingerMs()),
                load.compression(),
                size(load.memoryBytes()));
        line(
                "offered",
                "%s",
                load.rate() == 0
                        ? "as fast as possible (latency is that of a full publisher memory)"
                        : "%,d records/s, latency from the time a record is due"
                                .formatted(load.rate()));
    }

    private void rates() {
        text.append('\n');
        rate("published", report.published());
        rate("received", report.received());
    }

    private void rate(String name, Throughput through) {
        if (through != null) {
            line(
                    name,
                    "%,.0f records/s, %,.1f MB/s (%,d records in %.1f s)",
                    through.recordsPerSecond(),
                    through.megabytesPerSecond(),
                    through.records(),
                    through.seconds());
        }
    }

    private void failures() {
        Failures failures = report.failures();
        line(
                "errors",
                "%,d records failed, %,d acknowledged by a retry%s",
                failures.failed(),
                failures.retried(),
                failures.interrupted() ? ", interrupted" : "");
        if (failures.first() != null) {
            line("first error", "%s", failures.first());
        }
    }

    private void latencies() {
        Table table =
                new Table()
                        .words("latency in ms")
                        .numbers("p50")
                        .numbers("p95")
                        .numbers("p99")
                        .numbers("p99.9")
                        .numbers("max")
                        .numbers("mean")
                        .numbers("records");
        boolean any = row(table, "publish", report.publishLatency());
        any |= row(table, "end to end", report.endToEndLatency());
        any |= row(table, "schedule delay", report.scheduleDelay());
        if (any) {
            text.append('\n').append(table).append('\n');
        }
    }

    private static boolean row(Table table, String name, Latency latency) {
        if (latency == null || latency.count() == 0) {
            return false;
        }
        table.row(
                name,
                ms(latency.p50()),
                ms(latency.p95()),
                ms(latency.p99()),
                ms(latency.p999()),
                ms(latency.max()),
                ms(latency.mean()),
                format("%,d", latency.count()));
        return true;
    }

    private void worstSeconds() {
        worst("published", report.published());
        worst("received", report.received());
    }

    private void worst(String name, Throughput through) {
        if (through != null && through.worstSecond() != null) {
            line("worst second", "%,.0f records %s", through.worstSecond(), name);
        }
    }

    private void verification() {
        Verification found = report.verification();
        if (found == null) {
            line("verified", "no");
            return;
        }
        line(
                "verified",
                "%,d lost, %,d doubled, %,d out of order, %,d corrupt, of %,d records (by %s)%s",
                found.lost(),
                found.doubled(),
                found.outOfOrder(),
                found.corrupt(),
                found.expected(),
                found.method(),
                found.foreign() == 0 ? "" : format("; %,d of others not judged", found.foreign()));
        if (found.firstProblem() != null) {
            line("first problem", "%s", found.firstProblem());
        }
    }

    private void line(String name, String pattern, Object... values) {
        text.append("%-14s ".formatted(name)).append(format(pattern, values)).append('\n');
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String ms(double value) {
        return format("%,.2f", value);
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? format("%.0f", value) : format("%.1f", value);
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 20) {
            return bytes / (1 << 20) + " MiB";
        }
        return bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " bytes";
    }
}
