package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.perf.workload.Workloads;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Setting SETTING =
            new Setting(
                    "1.2.3",
                    "2026-11-22T00:00:00Z",
                    new Setting.Cluster("127.0.0.1:7400", 1, "1.2.3"),
                    new Setting.Topic("bench-1", true, 6, 1, "QUORUM_FSYNC"),
                    Setting.Load.of(Workloads.of(100, 1_000, 5, 2)),
                    0,
                    5,
                    new Setting.Machine("HotSpot 17", 512L << 20, 2, "Linux 6 amd64"));
    private static final Verification GOOD =
            new Verification("CRC", 1_000, 1_000, 0, 0, 0, 0, 0, null);

    @Test
    void shouldTellInTheAgreedOrder() {
        String text = ReportText.of(report(Failures.NONE, GOOD));
        assertThat(text)
                .containsSubsequence(
                        "cluster",
                        "topic          bench-1 (only for this run), 6 partitions, 1 replica,"
                                + " QUORUM_FSYNC",
                        "records        1,000 bytes, 5 keys, half random, seed 7",
                        "publishers     2, batch 64 KiB, linger 5 ms, compression none, memory 32"
                                + " MiB",
                        "offered        as fast as possible",
                        "machine        2 cores, HotSpot 17, heap 512 MiB, Linux 6 amd64",
                        "published      500 records/s, 0.5 MB/s (1,000 records in 2.0 s)",
                        "errors         0 records failed, 0 acknowledged by a retry",
                        "latency in ms    p50   p95   p99  p99.9   max  mean  records",
                        "publish         1.00  2.00  3.00   4.00  5.00  1.50    1,000",
                        "schedule delay",
                        "worst second   450 records published",
                        "verified       0 lost, 0 doubled, 0 out of order, 0 corrupt, of 1,000");
    }

    @Test
    void shouldWriteTheSameAsJson() throws Exception {
        JsonNode json = new ObjectMapper().valueToTree(report(Failures.NONE, GOOD));
        assertThat(json.at("/benchmark").asText()).isEqualTo("publish");
        assertThat(json.at("/setting/topic/durability").asText()).isEqualTo("QUORUM_FSYNC");
        assertThat(json.at("/setting/load/batchBytes").asInt()).isEqualTo(65_536);
        assertThat(json.at("/published/recordsPerSecond").asDouble()).isEqualTo(500);
        assertThat(json.at("/publishLatency/p999").asDouble()).isEqualTo(4);
        assertThat(json.at("/verification/lost").asLong()).isZero();
        assertThat(json.at("/good").asBoolean()).isTrue();
        assertThat(json.has("received")).isFalse();
        assertThat(json.at("/failures").has("first")).isFalse();
    }

    @Test
    void shouldBeGoodOnlyIfNothingFailedAndNothingIsWrong() {
        assertThat(report(Failures.NONE, GOOD).good()).isTrue();
        assertThat(report(Failures.NONE, null).good()).isTrue();
        assertThat(report(new Failures(0, 9, false, null), GOOD).good()).isTrue();
        assertThat(report(new Failures(1, 0, false, "full"), GOOD).good()).isFalse();
        assertThat(report(new Failures(0, 0, true, null), GOOD).good()).isFalse();
        assertThat(report(Failures.NONE, bad(1, 0, 0, 0)).good()).isFalse();
        assertThat(report(Failures.NONE, bad(0, 1, 0, 0)).good()).isFalse();
        assertThat(report(Failures.NONE, bad(0, 0, 1, 0)).good()).isFalse();
        assertThat(report(Failures.NONE, bad(0, 0, 0, 1)).good()).isFalse();
    }

    @Test
    void shouldTellWhatWentWrong() {
        String text = ReportText.of(report(new Failures(3, 2, true, "disk full"), bad(1, 0, 0, 0)));
        assertThat(text)
                .contains("3 records failed, 2 acknowledged by a retry, interrupted")
                .contains("first error    disk full")
                .contains("1 lost")
                .contains("first problem  it is gone");
    }

    private static Verification bad(long lost, long doubled, long outOfOrder, long corrupt) {
        return new Verification("CRC", 10, 10, lost, doubled, outOfOrder, corrupt, 0, "it is gone");
    }

    private static Report report(Failures failures, Verification verification) {
        Latency latency = new Latency(1_000, 1.5, 1, 2, 3, 4, 5);
        return Report.of(
                "publish",
                SETTING,
                new Throughput(1_000, 1_000_000, 2, 500, 0.5, 450.0),
                null,
                failures,
                latency,
                null,
                latency,
                verification);
    }
}
