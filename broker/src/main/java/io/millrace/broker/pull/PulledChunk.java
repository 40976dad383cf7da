package io.millrace.broker.pull;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.CorruptBatchException;
import java.util.List;
import java.util.Optional;

/**
 * What another replica has given.
 *
 * @param logStartOffset the log start there: what lies below it is trimmed, not missing
 * @param batches in order; the first may begin before the offset asked for
 */
public record PulledChunk(long logStartOffset, List<StoredBatch> batches) {

    public PulledChunk {
        batches = List.copyOf(batches);
    }

    /** The bytes of its batches. */
    long bytes() {
        long sum = 0;
        for (StoredBatch batch : batches) {
            sum += batch.batch().remaining();
        }
        return sum;
    }

    /** The offset after the last record. */
    long endOffset() {
        return batches.get(batches.size() - 1).endOffset();
    }

    /**
     * Why it must not be stored, whatever happened to it there or on the way: the batches must be
     * sound, follow each other and lie in the range. Empty if all is well.
     */
    Optional<String> flaw(long from, long to) {
        if (batches.isEmpty()) {
            return Optional.of("it holds nothing");
        }
        StoredBatch first = batches.get(0);
        if (first.baseOffset() > from || first.endOffset() <= from) {
            return Optional.of(
                    "it begins with the offsets "
                            + first.baseOffset()
                            + " to "
                            + first.endOffset()
                            + " instead of "
                            + from);
        }
        StoredBatch before = null;
        for (StoredBatch batch : batches) {
            Optional<String> flaw = flaw(batch, before);
            if (flaw.isPresent()) {
                return flaw.map(what -> "the batch at offset " + batch.baseOffset() + " " + what);
            }
            before = batch;
        }
        return endOffset() > to
                ? Optional.of("it ends at " + endOffset() + ", beyond " + to)
                : Optional.empty();
    }

    private static Optional<String> flaw(StoredBatch batch, StoredBatch before) {
        if (before != null && batch.baseOffset() != before.endOffset()) {
            return Optional.of("does not follow the one before it");
        }
        if (before != null
                && (batch.appendTimeMs() < before.appendTimeMs()
                        || batch.raftIndex() < before.raftIndex())) {
            return Optional.of("is older than the one before it");
        }
        try {
            int count = BatchHeader.validate(batch.batch()).recordCount();
            return count == batch.recordCount()
                    ? Optional.empty()
                    : Optional.of("has " + count + " records, not " + batch.recordCount());
        } catch (CorruptBatchException e) {
            return Optional.of("is corrupt: " + e.getMessage());
        }
    }
}
