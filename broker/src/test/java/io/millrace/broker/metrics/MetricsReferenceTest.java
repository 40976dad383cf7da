package io.millrace.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/reference/metrics.md to the metrics that there are. */
class MetricsReferenceTest {

    private static final Path PAGE = Path.of("../docs/reference/metrics.md");
    private static final String REWRITE = "millrace.reference.rewrite";

    /** What a name may end in, so that every reader knows the unit. */
    private static final Set<String> UNITS =
            Set.of(
                    "appends",
                    "batches",
                    "build",
                    "bytes",
                    "calls",
                    "changes",
                    "commits",
                    "connected",
                    "connects",
                    "degraded",
                    "disconnects",
                    "duplicate_batches",
                    "ends",
                    "entries",
                    "errors",
                    "failures",
                    "gaps",
                    "groups",
                    "index",
                    "members",
                    "node",
                    "offset",
                    "paused",
                    "partitions",
                    "rebalances",
                    "records",
                    "refusals",
                    "releases",
                    "replicas",
                    "requests",
                    "restarts",
                    "role",
                    "seconds",
                    "segments",
                    "shards",
                    "stalled",
                    "stalls",
                    "streams",
                    "term",
                    "timeouts",
                    "writable");

    @TempDir Path directory;

    @Test
    void shouldMatchTheReference() throws IOException {
        String generated = generate(families());
        if (Boolean.getBoolean(REWRITE)) {
            Files.writeString(PAGE, generated);
        }

        assertThat(Files.readString(PAGE))
                .as("write %s anew with -D%s=true", PAGE, REWRITE)
                .isEqualTo(generated);
    }

    @Test
    void shouldGiveEveryMetricAPrefixAUnitAndASentence() {
        for (MetricFamilySamples family : families()) {
            assertThat(family.name).matches("millrace_[a-z_]+");
            assertThat(UNITS)
                    .as("the unit of %s", family.name)
                    .contains(family.name.substring(family.name.lastIndexOf('_') + 1));
            assertThat(family.help).as(family.name).matches("(?s)[A-Z0-9g].{10,}\\.");
            assertThat(family.samples)
                    .as("%s: the example broker must exercise it", family.name)
                    .isNotEmpty();
        }
    }

    private List<MetricFamilySamples> families() {
        return Collections.list(BusyBroker.metrics(directory).registry().metricFamilySamples())
                .stream()
                .filter(family -> !family.name.matches("jvm|(jvm|process)_.*"))
                .sorted(Comparator.comparing(family -> family.name))
                .toList();
    }

    private static String generate(List<MetricFamilySamples> families) {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Metrics

                        What a broker tells under `/metrics` on its HTTP port. Generated from the code: change it there.

                        Besides these there are the usual `jvm_…` and `process_…` metrics of the Java process. Topics beyond the first 1,000 share the label `topic="(other)"`; partitions beyond the first 2,000 are left out and counted. `millrace_group_…` come from the broker that coordinates the group alone, and are at most some 10 s old; groups beyond the first 1,000 are left out and counted.

                        | name | type | labels | meaning |
                        |---|---|---|---|
                        """);
        for (MetricFamilySamples family : families) {
            page.append(
                    "| `%s` | %s | %s | %s |%n"
                            .formatted(
                                    nameAsScraped(family),
                                    family.type.name().toLowerCase(java.util.Locale.ROOT),
                                    String.join(", ", labels(family)),
                                    family.help));
        }
        return page.toString();
    }

    private static String nameAsScraped(MetricFamilySamples family) {
        if (family.type == Type.COUNTER) {
            return family.name + "_total";
        }
        return family.type == Type.INFO ? family.name + "_info" : family.name;
    }

    private static Set<String> labels(MetricFamilySamples family) {
        Set<String> labels = new TreeSet<>();
        family.samples.forEach(sample -> labels.addAll(sample.labelNames));
        labels.remove("le");
        return labels;
    }
}
