package io.millrace.broker.subscription;

import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordRun;
import io.millrace.protocol.batch.RecordWalk;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets through what a filter takes of one batch after the other: the whole batch as it is, or runs
 * of its records as batches of their own. Holds at most one batch, decompressed ({@link
 * io.millrace.protocol.batch.BatchHeader#MAX_UNCOMPRESSED_BYTES}), between turns. Confined to its
 * session's turn.
 */
final class Sieve {

    /** A longer run is cut into several, so that no message is larger than a batch may be. */
    static final int MAX_RUN_BYTES = 1 << 20;

    private final RecordFilter filter;
    private final String name;
    private final Deque<RecordRun> through = new ArrayDeque<>();
    private StoredBatch batch;
    private RecordWalk walk;

    /** Whether all records so far were let through. */
    private boolean whole;

    /** Whether the last run may still grow. */
    private boolean growing;

    private long doneBelow;

    /**
     * @param name of the partition, for messages
     */
    Sieve(RecordFilter filter, String name) {
        this.filter = filter;
        this.name = name;
    }

    /** Whether another batch can be put in. */
    boolean isEmpty() {
        return batch == null;
    }

    /** Takes out what is in it. */
    void clear() {
        batch = null;
        walk = null;
        through.clear();
        growing = false;
    }

    /**
     * Puts in a batch.
     *
     * @param fromOffset records before it are left out without a test; below the batch's end
     * @throws MillraceException with CORRUPT_LOG if it cannot be read
     */
    void put(StoredBatch next, long fromOffset) {
        batch = next;
        doneBelow = Math.max(fromOffset, next.baseOffset());
        whole = doneBelow == next.baseOffset();
        try {
            walk = RecordBatch.trusted(next.batch()).walk();
            while (walk.index() < doneBelow - next.baseOffset() && walk.hasNext()) {
                walk.next();
            }
        } catch (CorruptBatchException e) {
            throw corrupt(e);
        }
    }

    /** All below it was tested, and was let through or left out. */
    long doneBelow() {
        return doneBelow;
    }

    /**
     * What comes through next. Null: nothing more of this batch, and it is empty then; or the
     * budget is spent.
     *
     * @throws MillraceException with CORRUPT_LOG if the batch cannot be read
     */
    StoredBatch next(TestBudget budget) {
        boolean ended;
        try {
            ended = test(budget);
        } catch (CorruptBatchException e) {
            throw corrupt(e);
        }
        if (ended && whole) {
            StoredBatch all = batch;
            doneBelow = all.endOffset();
            clear();
            return all;
        }
        if (hasEndedRun() || ended && !through.isEmpty()) {
            StoredBatch cut = cut(through.remove());
            doneBelow = cut.endOffset();
            return cut;
        }
        doneBelow =
                batch.baseOffset() + (through.isEmpty() ? walk.index() : through.peek().first());
        if (ended) {
            clear();
        }
        return null;
    }

    /** Tests until a run has ended; true at the end of the batch. */
    private boolean test(TestBudget budget) {
        while (!hasEndedRun()) {
            if (!walk.hasNext()) {
                return true;
            }
            if (!budget.allowsOne()) {
                return false;
            }
            RecordRun run = growing ? through.getLast() : walk.run();
            Record record = walk.next();
            boolean matches = filter.matches(record);
            budget.tested(walk.lastBytes(), matches);
            if (matches) {
                run.extend();
                if (!growing) {
                    through.add(run);
                }
            }
            growing = matches && run.plainBytes() < MAX_RUN_BYTES;
            whole &= matches;
        }
        return false;
    }

    private boolean hasEndedRun() {
        return !whole && !through.isEmpty() && (through.size() > 1 || !growing);
    }

    private StoredBatch cut(RecordRun run) {
        return new StoredBatch(
                batch.baseOffset() + run.first(),
                run.count(),
                batch.raftIndex(),
                batch.leaderEpoch(),
                batch.appendTimeMs(),
                ByteBuffer.wrap(run.encode()));
    }

    private MillraceException corrupt(CorruptBatchException cause) {
        return MillraceException.of(
                        ErrorCode.CORRUPT_LOG,
                        "the records of %s from offset %d to before %d cannot be tested: %s; subscribe from %d on"
                                .formatted(
                                        name,
                                        batch.baseOffset(),
                                        batch.endOffset(),
                                        cause.getMessage(),
                                        batch.endOffset()),
                        cause)
                .with("offset", batch.baseOffset());
    }
}
