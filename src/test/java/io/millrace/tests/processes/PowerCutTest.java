package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was acknowledged outlives the power: after kill -9 alone, the kernel still has what was not
 * forced, and nothing would be shown. In every other life the write-ahead log goes through the page
 * cache: what is written past it is in the disk's file at once, forced or not, so that only its
 * length, its names and what the cache holds of it can be lost ({@code SystemCallsTest} shows that
 * it is forced).
 */
@Timeout(value = 20, unit = MINUTES)
class PowerCutTest {

    private static final int DISK_MIB = 320;

    /** ext4 forces nothing of its own accord for as long as the test lasts. */
    private static final String LAZY = "commit=300";

    private static final byte[] FORCED = "forced".repeat(1_000).getBytes(US_ASCII);

    private static final String[] SMALL = {
        "-c", "wal.segment-bytes=16MiB",
        "-c", "wal.cap-bytes=128MiB",
        "-c", "checkpoint.bytes=4MiB",
        "-c", "checkpoint.interval-ms=1000",
        "-c", "disk.reserve-bytes=16MiB"
    };

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private final Random random = Seed.random("PowerCutTest");
    private final Ledger ledger = new Ledger();

    @TempDir Path directory;

    @Test
    void shouldKeepWhatWasAcknowledgedBeforeEachPowerCut() throws Exception {
        LoopDisk disk = LoopDisk.create(directory, DISK_MIB, LAZY);
        try {
            for (int cut = 0; cut < Effort.powerCuts(); cut++) {
                publishUntilKilled(disk, cut);
                Path next = directory.resolve("cut-" + cut);
                LoopDisk left = disk.afterPowerCut(next, LAZY);
                disk.close();
                Files.delete(disk.image());
                disk = left;
                assertThat(Files.readAllBytes(disk.path().resolve("control")))
                        .as("what was not forced is gone: this was a power cut")
                        .isEqualTo(FORCED);
            }
            try (StandaloneBroker broker = start(disk, true);
                    MillraceClient client = MillraceClient.connect(broker.address())) {
                assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
            }
        } finally {
            disk.close();
        }
    }

    /** Changes a file without forcing that, too: it tells whether this was a power cut at all. */
    private void publishUntilKilled(LoopDisk disk, int cut) throws Exception {
        Path control = disk.path().resolve("control");
        Files.write(control, FORCED, CREATE, DSYNC);
        try (StandaloneBroker broker = start(disk, cut % 2 == 1);
                MillraceClient client = MillraceClient.connect(broker.address())) {
            if (cut == 0) {
                Map<String, String> config = Map.of("segment.bytes", "256KiB");
                client.admin().createTopic(new NewTopic("orders", 3, 1, config));
            } else {
                assertThat(ledger.problems(Everything.in(client, "orders"))).isEmpty();
            }
            try (Load load = Load.start(client, "orders", ledger, random, 1_000)) {
                load.awaitAcknowledged(3_000 + random.nextInt(5_000));
                Files.write(control, new byte[FORCED.length], WRITE);
                load.awaitAcknowledged(1 + random.nextInt(1_000));
                broker.kill();
            }
        }
    }

    private StandaloneBroker start(LoopDisk disk, boolean direct) throws Exception {
        String[] settings = Arrays.copyOf(SMALL, SMALL.length + 2);
        settings[SMALL.length] = "-c";
        settings[SMALL.length + 1] = "wal.direct-io=" + direct;
        return BROKERS.start(
                disk.path().resolve("data"), directory.resolve("broker.log"), settings);
    }
}
