package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileTest {

    private static final int BLOCKS = 256;

    @TempDir private Path directory;

    private static ByteBuffer blocks(int count, int value) {
        ByteBuffer blocks = Block.allocate(count * Block.BYTES);
        while (blocks.hasRemaining()) {
            blocks.put((byte) value);
        }
        return blocks.flip();
    }

    /** An interrupt closes a channel under its reader; Raft's threads are interrupted at will. */
    @Test
    void shouldSurviveAReaderThatIsInterrupted() throws IOException {
        WalFiles files = new DiskFiles(directory, true);
        try (WalFile file = files.create("a")) {
            file.write(blocks(2, 1), 0);
            Thread.currentThread().interrupt();
            ByteBuffer into = ByteBuffer.allocate(2);
            file.read(into, Block.BYTES - 1);
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(into.array()).containsExactly(1, 1);
            file.write(blocks(1, 2), Block.BYTES);
            file.force();
            file.read(into.clear(), Block.BYTES - 1);
            assertThat(into.array()).containsExactly(1, 2);
        }
    }

    @Test
    void shouldSayWhenAFileEndsTooEarlyOrIsClosed() throws IOException {
        WalFiles files = new DiskFiles(directory, true);
        WalFile file = files.create("a");
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                .isInstanceOf(EOFException.class);
        file.close();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.create("a")).isInstanceOf(IOException.class);
        files.rename("a", "b");
        files.forceDirectory();
        assertThat(files.list()).containsExactly("b");
        files.delete("b");
        assertThat(files.list()).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNotWholeBlocks() throws IOException {
        try (WalFile file = new DiskFiles(directory, true).create("a")) {
            assertThatThrownBy(() -> file.write(blocks(1, 1).limit(512), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("512 bytes at byte 0 are not whole blocks");
            assertThatThrownBy(() -> file.write(blocks(1, 1), 512))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("4096 bytes at byte 512 are not whole blocks");
        }
    }

    @Test
    void shouldGiveBuffersOfWholeBlocksForAnySize() {
        for (int bytes = 1; bytes < 6 * Block.BYTES; bytes += 511) {
            ByteBuffer buffer = Block.allocate(bytes);
            assertThat(buffer.capacity()).isEqualTo(Block.aligned(bytes));
            assertThat(buffer.alignmentOffset(0, Block.BYTES)).isZero();
        }
    }

    @Test
    void shouldLeaveNothingOfItsTrialBehind() throws IOException {
        Files.createFile(directory.resolve("probe" + SegmentFile.UNFINISHED));
        assertThat(new DiskFiles(directory, true).list()).isEmpty();
    }

    /** Readers go through the page cache, and what they read ahead is written meanwhile. */
    @Test
    void shouldReadWhatWasWrittenPastThePageCacheWhileOthersReadAhead() throws Exception {
        DiskFiles files = new DiskFiles(directory, true);
        if (!files.isPastCache()) {
            String why = "SKIPPED: " + directory + " cannot be written past the page cache";
            System.err.println(why);
            Assumptions.abort(why);
        }
        writeBehindAReader(files.create("file"));
    }

    @Test
    void shouldReadWhatWasWrittenThroughThePageCacheWhileOthersReadAhead() throws Exception {
        DiskFiles files = new DiskFiles(directory, false);
        assertThat(files.isPastCache()).isFalse();
        writeBehindAReader(files.create("file"));
    }

    private static void writeBehindAReader(WalFile file) throws Exception {
        try (file) {
            file.write(blocks(BLOCKS, 1), 0);
            writeEachWhileAllAreRead(file);
        }
    }

    private static void writeEachWhileAllAreRead(WalFile file) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> reader =
                CompletableFuture.runAsync(
                        () -> {
                            while (!done.get()) {
                                readAll(file);
                            }
                        });
        ByteBuffer one = ByteBuffer.allocate(Block.BYTES);
        for (int life = 2; life < 6; life++) {
            byte[] expected = new byte[Block.BYTES];
            Arrays.fill(expected, (byte) life);
            for (int at = 0; at < BLOCKS; at++) {
                file.write(blocks(1, life), (long) at * Block.BYTES);
                file.read(one.clear(), (long) at * Block.BYTES);
                assertThat(one.array()).as("block %d in life %d", at, life).isEqualTo(expected);
            }
        }
        done.set(true);
        reader.get(20, TimeUnit.SECONDS);
    }

    private static void readAll(WalFile file) {
        try {
            file.read(ByteBuffer.allocate(BLOCKS * Block.BYTES), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
