package io.millrace.broker.partition;

import io.millrace.broker.data.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes, forces and reads one scratch log, so that the process has loaded what Chronicle Queue is
 * made of before the first publisher has to wait for it: about half a second of class loading.
 */
public final class WarmUp {

    private static final long SCRATCH_PARTITION = 1;
    private static final int BATCH_BYTES = 1024;

    private WarmUp() {}

    /**
     * Runs it. Blocks for about a second; leaves nothing behind.
     *
     * @param scratch a directory of its own, removed before and after
     * @throws IOException if the disk has no room for it or fails; nothing depends on it
     */
    public static void run(Path scratch, long reserveBytes, LongSupplier nanoTime)
            throws IOException {
        FileTree.delete(scratch);
        try (ChroniclePartitionLogStore store =
                ChroniclePartitionLogStore.open(
                        StoreSettings.of(scratch, reserveBytes), nanoTime)) {
            SegmentLimits limits = new SegmentLimits(Long.MAX_VALUE, Long.MAX_VALUE, BATCH_BYTES);
            PartitionLog log = store.open(SCRATCH_PARTITION, limits, LogState.EMPTY);
            for (int offset = 0; offset < 2; offset++) {
                ByteBuffer batch = ByteBuffer.allocate(BATCH_BYTES);
                log.append(List.of(new StoredBatch(offset, 1, offset + 1, 1, 1, batch)));
            }
            store.force(SCRATCH_PARTITION, log.state());
            try (LogReader reader = log.reader(0)) {
                reader.read(BATCH_BYTES);
            }
        } finally {
            FileTree.delete(scratch);
        }
    }
}
