package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BrokerConfigTest {

    private static final long MIB = 1 << 20;

    @Test
    void shouldHaveTheseDefaults() {
        assertThat(BrokerConfig.defaults())
                .isEqualTo(
                        new BrokerConfig(
                                1,
                                Path.of("millrace-data"),
                                2,
                                30_000,
                                new BrokerConfig.Listen(
                                        "127.0.0.1", 7400, 7401, 7402, "", "", false),
                                new BrokerConfig.Cluster(List.of(), "", 10_000, 1_000),
                                new BrokerConfig.Wal(64 * MIB, 2_048 * MIB, true),
                                new BrokerConfig.Checkpoint(256 * MIB, 300_000),
                                new BrokerConfig.Disk(256 * MIB, 1_000),
                                new BrokerConfig.Memory(64 * MIB, 256 << 10, 32 * MIB),
                                new BrokerConfig.Limits(10_000, 1_000, 2_000),
                                new BrokerConfig.Log(
                                        BrokerConfig.Log.Level.INFO, BrokerConfig.Log.Format.TEXT),
                                new BrokerConfig.Partitions(1_000, 30_000),
                                new BrokerConfig.Producers(1_000, 604_800_000)));
    }

    @Test
    void shouldTakeEverySetting() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("node-id", "7");
        all.put("data-dir", "/data");
        all.put("shards-per-broker", "3");
        all.put("stop-grace-ms", "5s");
        all.put("listen.host", "0.0.0.0");
        all.put("listen.client-port", "0");
        all.put("listen.peer-port", "1");
        all.put("listen.http-port", "2");
        all.put("listen.advertised-address", "broker:9");
        all.put("listen.advertised-peer-address", "inside:8");
        all.put("listen.allow-insecure", "TRUE");
        all.put("cluster.seeds", " a:7401, [::1]:7401,");
        all.put("rack", "north");
        all.put("cluster.lease-ms", "3s");
        all.put("cluster.election-timeout-ms", "1500");
        all.put("wal.segment-bytes", "16MiB");
        all.put("wal.cap-bytes", "64MiB");
        all.put("wal.direct-io", "false");
        all.put("checkpoint.bytes", "1MiB");
        all.put("checkpoint.interval-ms", "1s");
        all.put("disk.reserve-bytes", "0");
        all.put("disk.check-interval-ms", "50");
        all.put("memory.publish-queue-bytes", "16MiB");
        all.put("memory.subscription-buffer-bytes", "16KiB");
        all.put("memory.recent-batches-bytes", "0");
        all.put("limits.connections", "1");
        all.put("limits.streams-per-connection", "2");
        all.put("limits.partitions-per-subscription", "3");
        all.put("log.level", "debug");
        all.put("log.format", "json");
        all.put("partitions.open-logs", "16");
        all.put("partitions.retention-check-interval-ms", "100");
        all.put("producers.max-per-partition", "8");
        all.put("producers.expiry-ms", "1m");

        assertThat(all).containsOnlyKeys(BrokerKeys.KEYS.names().toArray(String[]::new));
        BrokerKeys.KEYS
                .keys()
                .forEach(
                        key ->
                                assertThat((Object) key.parse(all.get(key.name())))
                                        .as(key.name())
                                        .isNotEqualTo(key.defaultValue()));
        assertThat(BrokerConfig.of(all))
                .isEqualTo(
                        new BrokerConfig(
                                7,
                                Path.of("/data"),
                                3,
                                5_000,
                                new BrokerConfig.Listen(
                                        "0.0.0.0", 0, 1, 2, "broker:9", "inside:8", true),
                                new BrokerConfig.Cluster(
                                        List.of("a:7401", "[::1]:7401"), "north", 3_000, 1_500),
                                new BrokerConfig.Wal(16 * MIB, 64 * MIB, false),
                                new BrokerConfig.Checkpoint(MIB, 1_000),
                                new BrokerConfig.Disk(0, 50),
                                new BrokerConfig.Memory(16 * MIB, 16 << 10, 0),
                                new BrokerConfig.Limits(1, 2, 3),
                                new BrokerConfig.Log(
                                        BrokerConfig.Log.Level.DEBUG, BrokerConfig.Log.Format.JSON),
                                new BrokerConfig.Partitions(16, 100),
                                new BrokerConfig.Producers(8, 60_000)));
    }

    @Test
    void shouldRefuseAnElectionTimeoutThatOutlastsTheLease() {
        assertThatThrownBy(
                        () ->
                                BrokerConfig.of(
                                        Map.of(
                                                "cluster.election-timeout-ms",
                                                "2s",
                                                "cluster.lease-ms",
                                                "3s")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cluster.election-timeout-ms: 2s is too much for a lease")
                .hasMessageContaining("half of cluster.lease-ms");
    }

    @Test
    void shouldHaveDefaultsThatItsOwnRulesAllow() {
        BrokerKeys.KEYS
                .keys()
                .forEach(
                        key ->
                                assertThat((Object) key.parse(key.defaultText()))
                                        .isEqualTo(key.defaultValue()));
    }

    @ParameterizedTest
    @CsvSource({
        "node-id, 0, 1 to 65535",
        "node-id, one, a whole number",
        "data-dir, ' ', not empty",
        "listen.client-port, 65536, 0 to 65535",
        "listen.allow-insecure, yes, true or false",
        "wal.segment-bytes, 1MiB, 16MiB to 1GiB",
        "log.level, loud, 'one of error, warn, info, debug, trace'",
        "checkpoint.interval-ms, 1 week, a duration",
        "cluster.seeds, a, '\"a\" is not'",
        "cluster.seeds, 'a:7401,b:0', '\"b:0\" is not'",
        "cluster.seeds, http://a:7401, host:port",
        "cluster.seeds, ::1:7401, host:port",
        "cluster.seeds, 'a:7401,a:7401', twice",
        "cluster.lease-ms, 1s, 2s to 10m",
    })
    void shouldRefuseValuesNamingSettingAndLimit(String key, String value, String told) {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(told);
    }

    @Test
    void shouldRefuseAWalThatHoldsTooFewSegments() {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("wal.segment-bytes", "1GiB")))
                .hasMessageContaining("wal.cap-bytes: 2GiB")
                .hasMessageContaining("lower wal.segment-bytes");
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0", "192.168.1.4", "broker-1", "::", "127.0.0.1.example.org"})
    void shouldNotSpeakPlaintextToOthersUnlessToldTo(String host) {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("listen.host", host)))
                .hasMessageContaining("listen.allow-insecure");

        BrokerConfig.of(Map.of("listen.host", host, "listen.allow-insecure", "true"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, '', 127.0.0.1:5",
        "::1, '', [::1]:5",
        "127.0.0.1, broker, broker:5",
        "127.0.0.1, broker:9, broker:9",
        "127.0.0.1, 2001:db8::1, [2001:db8::1]:5",
        "127.0.0.1, [2001:db8::1]:9, [2001:db8::1]:9",
    })
    void shouldTellClientsAnAddress(String host, String advertised, String told) {
        BrokerConfig config =
                BrokerConfig.of(
                        Map.of("listen.host", host, "listen.advertised-address", advertised));

        assertThat(config.listen().clientAddress(5)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, '', '', 127.0.0.1:5",
        "::1, '', '', [::1]:5",
        "0.0.0.0, broker:9, '', broker:5",
        "0.0.0.0, [2001:db8::1]:9, '', [2001:db8::1]:5",
        "0.0.0.0, broker:9, inside, inside:5",
        "0.0.0.0, broker:9, inside:7, inside:7",
    })
    void shouldTellPeersAnAddress(String host, String clients, String peers, String told) {
        BrokerConfig config =
                BrokerConfig.of(
                        Map.of(
                                "listen.host", host,
                                "listen.allow-insecure", "true",
                                "cluster.seeds", "a:7401",
                                "listen.advertised-address", clients,
                                "listen.advertised-peer-address", peers));

        assertThat(config.listen().peerAddress(5)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0", "::"})
    void shouldNotTellPeersAnAddressThatIsNone(String host) {
        Map<String, String> open = Map.of("listen.host", host, "listen.allow-insecure", "true");
        BrokerConfig.of(open); // alone it may

        Map<String, String> seeded = new LinkedHashMap<>(open);
        seeded.put("cluster.seeds", "a:7401");
        assertThatThrownBy(() -> BrokerConfig.of(seeded))
                .hasMessageContaining("listen.advertised-peer-address");
    }
}
