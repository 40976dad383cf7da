package io.millrace.broker.shard;

/**
 * What a {@link ShardWriter} holds at most.
 *
 * @param maxEntryBytes bytes of the batches in one Raft entry; a larger batch travels alone
 * @param maxEntryBatches batches in one Raft entry
 * @param maxEntriesInFlight entries proposed and not yet applied; while there are so many, batches
 *     wait and become larger entries
 * @param maxWaitingBytes bytes of batches that wait to be proposed; a single larger one may wait
 *     alone
 * @param maxWaitingBatches batches that wait to be proposed
 */
public record WriterLimits(
        int maxEntryBytes,
        int maxEntryBatches,
        int maxEntriesInFlight,
        long maxWaitingBytes,
        int maxWaitingBatches) {

    /** 1 MiB or 256 batches an entry, 8 entries in flight, 32 MiB or 16,384 batches waiting. */
    public static final WriterLimits DEFAULT = new WriterLimits(1 << 20, 256, 8, 32L << 20, 16_384);

    public WriterLimits {
        if (maxEntryBytes < 1
                || maxEntryBatches < 1
                || maxEntriesInFlight < 1
                || maxWaitingBytes < 1
                || maxWaitingBatches < 1) {
            throw new IllegalArgumentException("every limit of a writer is 1 or more");
        }
    }
}
