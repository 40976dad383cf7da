package io.millrace.broker.receiving;

import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.turns.TurnLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Reads a partition for a queue, on the threads for that: one read at a time, each bounded.
 * Confined to the queue's loop, but for the read itself.
 */
final class QueueReader {

    /** What came of a read: batches, none at the end of the log, or what went wrong. */
    record Outcome(List<HeldBatch> batches, Throwable failure) {}

    private final PartitionLog log;
    private final Executor reading;
    private final TurnLoop loop;
    private final int maxBytes;
    private boolean busy;
    private boolean closeWanted;

    /** Belongs to the read under way, to the loop while there is none. */
    private LogReader reader;

    /**
     * @param reading runs reads, which may take as long as the disk does
     * @param maxBytes how much is read in one go; one batch may be more
     */
    QueueReader(PartitionLog log, Executor reading, TurnLoop loop, int maxBytes) {
        this.log = log;
        this.reading = reading;
        this.loop = loop;
        this.maxBytes = maxBytes;
    }

    /** Whether a read is under way. */
    boolean isBusy() {
        return busy;
    }

    /**
     * Begins a read; there must be none under way.
     *
     * @param from the first offset, below the log end
     * @param filter what to leave out; null: nothing
     * @param done hears what came of it, on the loop
     */
    void read(long from, RecordFilter filter, Consumer<Outcome> done) {
        busy = true;
        closeWanted = false;
        Runnable task =
                () -> {
                    Outcome outcome = outcome(from, filter);
                    loop.post(
                            () -> {
                                over();
                                done.accept(outcome);
                            });
                };
        try {
            reading.execute(task);
        } catch (RejectedExecutionException e) {
            busy = false; // the broker stops
        }
    }

    /** Lets go of the log when no read is under way; the next read opens it again. */
    void close() {
        closeWanted = true;
        if (!busy) {
            closeNow();
        }
    }

    private void over() {
        busy = false;
        if (closeWanted) {
            closeNow();
        }
    }

    private void closeNow() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    private Outcome outcome(long from, RecordFilter filter) {
        try {
            if (reader == null) {
                if (from < log.startOffset()) {
                    throw new LogReader.TrimmedException("record " + from + " was trimmed");
                }
                reader = log.reader(from);
            } else if (reader.position() != from) {
                reader.seek(from);
            }
            List<HeldBatch> batches = new ArrayList<>();
            for (StoredBatch batch : reader.read(maxBytes)) {
                batches.add(HeldBatch.of(batch, filter));
            }
            return new Outcome(batches, null);
        } catch (Exception | Error e) {
            // Errors too: a disk that fails under a mapped file comes as an InternalError, and the
            // queue must hear of it.
            return new Outcome(List.of(), e);
        }
    }
}
