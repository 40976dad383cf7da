package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MonitoringTest {
    private static final String DASHBOARD = "grafana/dashboards/millrace.json";
    private static final int GRID = 24;

    @Test
    void shouldAlertOnMetricsThatBrokersTell() throws IOException {
        final Set<String> known = DeployFiles.metrics();
        assertThat(known)
                .hasSizeGreaterThan(30)
                .contains("millrace_wal_fsync_latency_seconds_bucket");
        final JsonNode rules = DeployFiles.yaml("prometheus/alerts.yml").at("/groups/0/rules");
        assertThat(rules).hasSizeGreaterThan(5);
        final Set<String> names = new HashSet<>();
        for (final JsonNode rule : rules) {
            final String name = rule.get("alert").asText();
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(known)
                    .as(name)
                    .containsAll(DeployFiles.metricsIn(rule.get("expr").asText()));
            assertThat(rule.at("/labels/severity").asText()).as(name).isIn("page", "ticket");
            assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
            assertThat(rule.at("/annotations/action").asText()).as(name).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus/prometheus.yml", "prometheus/cluster.yml"})
    void shouldScrapeWithRulesThatExist(final String file) throws IOException {
        final JsonNode configuration = DeployFiles.yaml(file);
        for (final JsonNode rules : configuration.get("rule_files")) {
            assertThat(Path.of("prometheus", rules.asText())).exists();
        }
        assertThat(configuration.at("/scrape_configs/0/job_name").asText()).isEqualTo("millrace");
    }

    @Test
    void shouldPassWhatPromtoolChecks() throws Exception {
        final Tool promtool = Tool.named("promtool");
        final Tool.Outcome check = promtool.run("check", "config", "prometheus/prometheus.yml");
        assertThat(check.code()).as(check.text()).isZero();
        final Tool.Outcome tests = promtool.run("test", "rules", "prometheus/alerts_test.yml");
        assertThat(tests.code()).as(tests.text()).isZero();
    }

    @Test
    void shouldShowMetricsThatBrokersTell() throws IOException {
        final Set<String> known = DeployFiles.metrics();
        final List<String> expressions = new ArrayList<>();
        DeployFiles.json(DASHBOARD).findValues("expr").forEach(it -> expressions.add(it.asText()));
        assertThat(expressions).hasSizeGreaterThan(30);
        for (final String expression : expressions) {
            assertThat(known).as(expression).containsAll(DeployFiles.metricsIn(expression));
        }
    }

    @Test
    void shouldLayPanelsSideBySide() throws IOException {
        final Set<Integer> ids = new HashSet<>();
        final Set<List<Integer>> cells = new HashSet<>();
        for (final JsonNode panel : DeployFiles.json(DASHBOARD).get("panels")) {
            final String title = panel.get("title").asText();
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
            final JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    final int column = place.get("x").asInt() + x;
                    assertThat(column).as(title).isLessThan(GRID);
                    assertThat(cells.add(List.of(column, place.get("y").asInt() + y)))
                            .as(title + " overlaps another panel")
                            .isTrue();
                }
            }
        }
    }

    @Test
    void shouldAskTheDataSourceThatIsChosen() throws IOException {
        final JsonNode dashboard = DeployFiles.json(DASHBOARD);
        assertThat(dashboard.at("/templating/list/0/name").asText()).isEqualTo("datasource");
        for (final JsonNode source : dashboard.findValues("datasource")) {
            assertThat(source.get("uid").asText()).isEqualTo("${datasource}");
        }
    }
}
