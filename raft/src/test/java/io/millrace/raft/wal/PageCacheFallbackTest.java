package io.millrace.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where files cannot be written past the page cache, they are written through it. */
class PageCacheFallbackTest {

    @TempDir private Path directory;

    /** ramfs refuses to open a file that way. Needs the right to mount. */
    @Test
    void shouldWriteThroughThePageCacheOfAFileSystemThatKnowsNothingElse() throws Exception {
        Path mountPoint = Files.createDirectory(directory.resolve("ramfs"));
        if (!run("mount", "-t", "ramfs", "ramfs", mountPoint.toString())) {
            String why = "SKIPPED: PageCacheFallbackTest cannot mount a ramfs here";
            System.err.println(why);
            Assumptions.abort(why);
        }
        try {
            DiskFiles files = new DiskFiles(mountPoint, true);

            assertThat(files.isPastCache()).isFalse();
            assertThatItIsWritten(files);
        } finally {
            run("umount", mountPoint.toString());
        }
    }

    @Test
    void shouldWriteThroughThePageCacheWhenTheTrialCannotBeMade() throws IOException {
        Path inTheWay = directory.resolve("probe" + SegmentFile.UNFINISHED);
        Files.createDirectories(inTheWay.resolve("not empty"));

        DiskFiles files = new DiskFiles(directory, true);

        assertThat(files.isPastCache()).isFalse();
        assertThatItIsWritten(files);
    }

    private static void assertThatItIsWritten(DiskFiles files) throws IOException {
        WriteAheadLog log = new WalHarness().open(files, WalHarness.WITHOUT_IDLE_MARK);
        AbstractShardLogContract.append(log.shard(1), 1, 5, 1);
        log.close();
        log = new WalHarness().open(files, WalHarness.WITHOUT_IDLE_MARK);
        AbstractShardLogContract.assertFilled(log.shard(1), 1, 5, 1);
        log.close();
        assertThat(files.list()).noneMatch(name -> name.endsWith(SegmentFile.UNFINISHED));
        try (WalFile file = files.create("other")) {
            file.write(Block.allocate(Block.BYTES).put(0, (byte) 7), 0);
            ByteBuffer first = ByteBuffer.allocate(1);
            file.read(first, 0);
            assertThat(first.array()).containsExactly(7);
        }
    }

    private static boolean run(String... command) throws InterruptedException {
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
}
