package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full, down to the last block: a small file system in a file. Needs the
 * right to mount; says so and is skipped where there is none.
 */
class PartitionLogDiskFullTest {

    private static final SegmentLimits LIMITS = new SegmentLimits(2 << 20, 1L << 40, 64 * 1024);

    @TempDir Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = directory.resolve("disk");
        Path image = directory.resolve("image");
        Files.createDirectory(disk);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(16 << 20);
        }
        boolean mounted =
                run("mkfs.ext4", "-q", "-F", image.toString())
                        && run("mount", "-o", "loop", image.toString(), disk.toString());
        if (!mounted) {
            System.err.println("SKIPPED: PartitionLogDiskFullTest cannot mount a file system here");
        }
        assumeTrue(mounted, "cannot mount a file system here");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private ChroniclePartitionLogStore open() throws IOException {
        // Nothing but the file system itself says that it is full.
        return ChroniclePartitionLogStore.open(
                StoreSettings.of(disk.resolve("logs"), 0),
                System::nanoTime,
                new RecentMemory(0),
                Runnable::run,
                DataFile::onDisk,
                () -> Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseAppendsServeReadsAndGoOnWhenThereIsSpaceAgain() throws IOException {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[3 << 20]);
        try (ChroniclePartitionLogStore store = open()) {
            PartitionLog log = store.open(1, LIMITS, LogState.EMPTY);
            PartitionLog other = store.open(2, LIMITS, LogState.EMPTY);
            int refused = appendUntilFull(log, 60_000);
            appendUntilFull(other, 100);
            appendUntilFull(log, 100);
            // The blocks that are left go to the last byte.
            fillUp();
            assertThat(refused).isEqualTo(1);
            LogState full = log.state();
            assertThat(full.endOffset()).isGreaterThan(50);
            assertThat(appendUntilFull(log, 60_000)).isEqualTo(1);
            assertThat(log.state()).isEqualTo(full);
            checkAll(log);
            checkAll(other);

            Files.delete(ballast);
            Files.delete(disk.resolve("rest"));
            long end = log.endOffset();
            Batches.append(log, 3, 2, 60_000);
            Batches.append(other, 3, 2, 60_000);
            assertThat(log.endOffset()).isEqualTo(end + 6);
            checkAll(log);
            checkAll(other);
            store.force(1, log.state());
            store.force(2, other.state());
        }
    }

    @Test
    void shouldOpenAndReadOnAFullDisk() throws IOException {
        LogState state;
        try (ChroniclePartitionLogStore store = open()) {
            PartitionLog log = store.open(1, LIMITS, LogState.EMPTY);
            Batches.append(log, 50, 2, 60_000);
            state = log.state();
            store.force(1, state);
        }
        fillUp();
        try (ChroniclePartitionLogStore store = open()) {
            PartitionLog log = store.open(1, LIMITS, state);
            store.discardUnknown();
            checkAll(log);
            assertThat(appendUntilFull(log, 60_000)).isEqualTo(1);
            assertThat(log.state().segments()).isEqualTo(state.segments());
            Files.delete(disk.resolve("rest"));
            Batches.append(log, 1, 2, 60_000);
            checkAll(log);
        }
    }

    /** Answers how often an append was refused, which ends it. */
    private static int appendUntilFull(PartitionLog log, int bytes) throws IOException {
        for (int i = 0; i < 100_000; i++) {
            try {
                Batches.append(log, 1, 2, bytes);
            } catch (PartitionLog.DiskFullException e) {
                assertThat(e).hasMessageContaining("disk full");
                return 1;
            }
        }
        return 0;
    }

    private void fillUp() throws IOException {
        byte[] block = new byte[4096];
        try (RandomAccessFile file = new RandomAccessFile(disk.resolve("rest").toFile(), "rw")) {
            while (true) {
                file.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static void checkAll(PartitionLog log) throws IOException {
        try (LogReader reader = log.reader(0)) {
            Batches.check(reader.read(Integer.MAX_VALUE), 0, log.endOffset());
        }
    }
}
