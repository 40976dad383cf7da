package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopicConfigTest {

    @Test
    void shouldHaveTheseDefaults() {
        assertThat(TopicConfig.DEFAULTS)
                .isEqualTo(
                        new TopicConfig(
                                1 << 20,
                                604_800_000,
                                -1,
                                64 << 20,
                                86_400_000,
                                Durability.QUORUM_FSYNC));
    }

    @Test
    void shouldTakeEverySetting() {
        Map<String, String> all =
                Map.of(
                        "max.batch.bytes", "8MiB",
                        "retention.ms", "-1",
                        "retention.bytes", "5GB",
                        "segment.bytes", "65536",
                        "segment.ms", "90 s",
                        "durability", "quorum_fsync");

        TopicConfig config = TopicConfig.of(all);

        assertThat(all).containsOnlyKeys(TopicConfig.KEYS.names().toArray(String[]::new));
        assertThat(config)
                .isEqualTo(
                        new TopicConfig(
                                8 << 20,
                                -1,
                                5_000_000_000L,
                                65_536,
                                90_000,
                                Durability.QUORUM_FSYNC));
        assertThat(config.effective()).isEqualTo(TopicConfig.canonical(all));
        assertThat(TopicConfig.of(TopicConfig.canonical(all))).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource({
        "max.batch.bytes, 8388609, 1KiB to 8MiB",
        "max.batch.bytes, 1MiBB, a size in bytes",
        "max.batch.bytes, '', a size in bytes",
        "max.batch.bytes, 99999999TiB, a size in bytes",
        "retention.ms, 0, 1s to",
        "retention.ms, -2, -1 (for ever)",
        "retention.ms, 7w, a duration",
        "retention.bytes, 10, 64KiB to",
        "segment.bytes, 65535, 64KiB to 4GiB",
        "segment.ms, 999, 1s to",
        "durability, NONE, one of QUORUM_FSYNC",
        "durability, QUORUM_MEMORY, not in this release",
    })
    void shouldRefuseValuesNamingSettingAndLimit(String key, String value, String told) {
        assertThatThrownBy(() -> TopicConfig.of(Map.of(key, value)))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.key()).isEqualTo(key))
                .hasMessageContaining(key)
                .hasMessageContaining(told);
    }

    @ParameterizedTest
    @CsvSource({
        "retention.msec, retention.ms",
        "max.message.bytes, max.batch.bytes",
        "SEGMENT.BYTES, segment.bytes",
        "durabilty, durability"
    })
    void shouldOfferTheNearestSetting(String given, String nearest) {
        assertThatThrownBy(() -> TopicConfig.of(Map.of(given, "1")))
                .hasMessageContaining("no topic setting \"" + given + "\"")
                .hasMessageContaining("\"" + nearest + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "1024, 1KiB",
        "1000, 1000",
        "67108864, 64MiB",
        "1099511627776, 1TiB",
        "-1, -1",
        "0, 0"
    })
    void shouldWriteSizesSoThatTheyReadBack(long bytes, String text) {
        assertThat(DataSize.format(bytes)).isEqualTo(text);
        assertThat(DataSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"604800000, 7d", "90000, 90s", "1500, 1500ms", "3600000, 1h", "-1, -1", "0, 0"})
    void shouldWriteDurationsSoThatTheyReadBack(long millis, String text) {
        assertThat(TimeSpan.format(millis)).isEqualTo(text);
        assertThat(TimeSpan.parse(text)).isEqualTo(millis);
    }

    @Test
    void shouldMeasureEditDistance() {
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.distance("", "abc")).isEqualTo(3);
        assertThat(NearestName.distance("same", "same")).isZero();
    }
}
