package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WalOptionsTest {

    private static final WalOptions DEFAULTS = WalOptions.defaults();

    @Test
    void shouldHaveTheDefaultsOfTheDesign() {
        assertThat(DEFAULTS.segmentBytes()).isEqualTo(64 << 20);
        assertThat(DEFAULTS.capBytes()).isEqualTo(2L << 30);
        assertThat(DEFAULTS.maxGroupBytes()).isEqualTo(4 << 20);
        assertThat(DEFAULTS.idleMark()).isEqualTo(Duration.ofMillis(10));
        assertThat(DEFAULTS.maxEntryBytes()).isEqualTo(32 << 20);
    }

    @Test
    void shouldNameWhatIsWrong() {
        assertThatThrownBy(() -> DEFAULTS.withSegments(1000, 1, 1 << 30))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("segmentBytes");
        assertThatThrownBy(() -> DEFAULTS.withSegments(1 << 20, 0, 1 << 30))
                .hasMessageContaining("segmentsAhead");
        assertThatThrownBy(() -> DEFAULTS.withSegments(1 << 20, 4, 6 << 20))
                .hasMessageContaining("capBytes")
                .hasMessageContaining("7340032");
        assertThatThrownBy(
                        () ->
                                DEFAULTS.withDelays(
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1)))
                .hasMessageContaining("idleMark");
    }

    @Test
    void shouldRefuseAnEntryThatIsTooLargeAndTakeTheLargest() throws Exception {
        WalHarness harness = new WalHarness();
        MemoryFiles files = new MemoryFiles();
        WriteAheadLog log = harness.open(files, WalHarness.WITHOUT_IDLE_MARK);
        int limit = WalHarness.WITHOUT_IDLE_MARK.maxEntryBytes();
        for (int i = 1; i <= 5; i++) {
            ByteBuffer payload = ByteBuffer.allocate(limit);
            log.shard(1).append(List.of(new WalEntry(i, 1, (byte) 1, payload)));
        }
        assertThatThrownBy(
                        () ->
                                log.shard(1)
                                        .append(
                                                List.of(
                                                        new WalEntry(
                                                                6,
                                                                1,
                                                                (byte) 1,
                                                                ByteBuffer.allocate(limit + 1)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the limit is " + limit);
        WalHarness.kill(files, log);
        try (WriteAheadLog again = harness.open(files, WalHarness.WITHOUT_IDLE_MARK)) {
            assertThat(again.shard(1).read(5).payload().remaining()).isEqualTo(limit);
        }
    }
}
