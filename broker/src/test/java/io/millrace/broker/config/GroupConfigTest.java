package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.GroupConfig.Assignor;
import io.millrace.broker.config.GroupConfig.Start;
import io.millrace.broker.queue.QueueSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GroupConfigTest {

    @Test
    void shouldHaveTheseDefaults() {
        assertThat(GroupConfig.DEFAULTS)
                .isEqualTo(
                        new GroupConfig(
                                Assignor.STICKY,
                                10_000,
                                60_000,
                                1_000,
                                10,
                                30_000,
                                65_536,
                                50,
                                Start.EARLIEST,
                                ""));
    }

    @Test
    void shouldTakeEverySetting() {
        Map<String, String> all =
                Map.of(
                        "assignor", "Rack",
                        "lease.ms", "5m",
                        "revocation.timeout.ms", "1s",
                        "max.members", "10000",
                        "max.deliveries", "1",
                        "delivery.lease.ms", "1h",
                        "queue.window", "16",
                        "dead-letter.breaker.percent", "100",
                        "start", "latest",
                        "filter", " key == \"a\" ");

        GroupConfig config = GroupConfig.of(all);

        assertThat(all).containsOnlyKeys(GroupConfig.KEYS.names().toArray(String[]::new));
        assertThat(config)
                .isEqualTo(
                        new GroupConfig(
                                Assignor.RACK,
                                300_000,
                                1_000,
                                10_000,
                                1,
                                3_600_000,
                                16,
                                100,
                                Start.LATEST,
                                "key == \"a\""));
        assertThat(config.effective()).isEqualTo(GroupConfig.canonical(all));
        assertThat(GroupConfig.of(config.effective())).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    assignor                    | fair    | one of sticky, range, rack
                    lease.ms                    | 999     | 1s to 5m
                    lease.ms                    | soon    | a duration
                    revocation.timeout.ms       | 61m     | 1s to 1h
                    max.members                 | 10001   | 1 to 10000
                    max.deliveries              | 0       | 1 to 1000
                    delivery.lease.ms           | -1      | 1s to 1h
                    queue.window                | 65537   | 16 to 65536
                    dead-letter.breaker.percent | 101     | 0 to 100
                    start                       | 17      | one of earliest, latest
                    filter                      | key =   | filter.md
                    """)
    void shouldNameSettingAndLimit(String name, String value, String allowed) {
        assertThatThrownBy(() -> GroupConfig.of(Map.of(name, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value)
                .hasMessageContaining(allowed);
    }

    @Test
    void shouldAllowWhatQueuesAllow() {
        GroupConfig config =
                GroupConfig.of(
                        Map.of(
                                "queue.window",
                                Integer.toString(QueueSettings.MAX_WINDOW),
                                "delivery.lease.ms",
                                Long.toString(QueueSettings.MAX_LEASE_MS)));

        assertThat(
                        new QueueSettings(
                                config.queueWindow(),
                                config.deliveryLeaseMs(),
                                config.maxDeliveries(),
                                config.breakerPercent()))
                .isEqualTo(
                        new QueueSettings(
                                QueueSettings.MAX_WINDOW, QueueSettings.MAX_LEASE_MS, 10, 50));
    }

    @Test
    void shouldOfferTheNearestName() {
        assertThatThrownBy(() -> GroupConfig.of(Map.of("lease-ms", "1s")))
                .hasMessageContaining("no group setting \"lease-ms\"")
                .hasMessageContaining("did you mean \"lease.ms\"");
        assertThatThrownBy(() -> GroupConfig.requireName("asignor"))
                .hasMessageContaining("\"assignor\"");
        assertThatThrownBy(() -> GroupConfig.requireName("lease"))
                .hasMessageContaining("did you mean \"lease.ms\"");
    }

    @Test
    void shouldNotOfferANameThatNobodyCanHaveMeant() {
        for (String name : new String[] {"foo", "", "x", "timeout", "no.such.thing"}) {
            assertThatThrownBy(() -> GroupConfig.of(Map.of(name, "1")))
                    .hasMessage(
                            "there is no group setting \"%s\"; docs/reference/group-config.md has them all"
                                    .formatted(name));
        }
    }
}
