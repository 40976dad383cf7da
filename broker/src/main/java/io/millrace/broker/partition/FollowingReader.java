package io.millrace.broker.partition;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a log for somebody who stays: what was appended a moment ago from memory, all else from the
 * log. Shows what a reader of the log shows. Confined to one thread at a time.
 */
final class FollowingReader implements LogReader {

    /** With less than this before it, a reader is near the end. */
    private static final long NEAR_BYTES = 4L << 20;

    private final PartitionLog log;
    private final LogReader stored;
    private final RecentBatches recent;
    private long position;
    private boolean joined;
    private boolean closed;

    /**
     * @param stored a reader of the log, which this one closes
     * @param recent what is in memory of the log
     */
    FollowingReader(PartitionLog log, LogReader stored, RecentBatches recent) {
        this.log = log;
        this.stored = stored;
        this.recent = recent;
        this.position = stored.position();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public List<StoredBatch> read(int maxBytes) throws IOException {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        List<StoredBatch> batches = takeRecent(maxBytes);
        if (!batches.isEmpty()) {
            recent.memory().takenFromMemory(batches.size());
            return batches;
        }
        if (stored.position() != position) {
            stored.seek(position);
        }
        long from = position;
        batches = stored.read(maxBytes);
        position = stored.position();
        recent.memory().readFromLog(batches.size());
        beNear(isNear(batches, position - from));
        return batches;
    }

    private List<StoredBatch> takeRecent(int maxBytes) {
        List<StoredBatch> taken = new ArrayList<>();
        long bytes = 0;
        // The end first, then what lies below it: an append shows itself as a whole.
        while (bytes < maxBytes && position >= log.startOffset() && position < log.endOffset()) {
            List<StoredBatch> append = recent.around(position);
            if (append == null) {
                break;
            }
            for (StoredBatch batch : append) {
                if (batch.endOffset() <= position) {
                    continue;
                }
                int length = batch.batch().remaining();
                if (!taken.isEmpty() && bytes + length > maxBytes) {
                    return taken;
                }
                taken.add(batch);
                bytes += length;
                position = batch.endOffset();
            }
        }
        return taken;
    }

    /** Whether what lies ahead is little, if its records are like those just read. */
    private boolean isNear(List<StoredBatch> read, long records) {
        long ahead = log.endOffset() - position;
        if (ahead <= 0) {
            return true;
        }
        long bytes = 0;
        for (StoredBatch batch : read) {
            bytes += batch.batch().remaining();
        }
        return records > 0 && (double) bytes / records * ahead < NEAR_BYTES;
    }

    private void beNear(boolean near) {
        if (near != joined) {
            joined = near;
            if (near) {
                recent.join();
            } else {
                recent.leave();
            }
        }
    }

    @Override
    public void seek(long offset) {
        stored.seek(offset);
        position = offset;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            beNear(false);
            stored.close();
        }
    }
}
