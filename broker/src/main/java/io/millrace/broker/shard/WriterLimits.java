package io.millrace.broker.shard;

/**
 * What a {@link ShardWriter} holds at most.
 *
 * @param maxEntryBytes bytes of the batches in one Raft entry; a larger batch travels alone
 * @param aloneBytes a batch of so many bytes travels alone, too: to gather it costs more than an
 *     entry
 * @param maxEntryBatches batches in one Raft entry
 * @param maxEntriesInFlight entries proposed and not yet applied; while there are so many, batches
 *     wait and become larger entries. Of those that travel alone there may be eight times as many,
 *     if they have no more bytes than so many entries
 * @param maxWaitingBytes bytes of batches that wait to be proposed; a single larger one may wait
 *     alone
 * @param maxWaitingBatches batches that wait to be proposed
 */
public record WriterLimits(
        int maxEntryBytes,
        int aloneBytes,
        int maxEntryBatches,
        int maxEntriesInFlight,
        long maxWaitingBytes,
        int maxWaitingBatches) {

    /**
     * 1 MiB or 256 batches an entry, from 16 KiB on alone, 8 entries in flight, 32 MiB or 16,384
     * batches waiting.
     */
    public static final WriterLimits DEFAULT =
            new WriterLimits(1 << 20, 16 << 10, 256, 8, 32L << 20, 16_384);

    private static final int MORE_ALONE = 8;

    public WriterLimits {
        if (maxEntryBytes < 1
                || aloneBytes < 1
                || maxEntryBatches < 1
                || maxEntriesInFlight < 1
                || maxWaitingBytes < 1
                || maxWaitingBatches < 1) {
            throw new IllegalArgumentException("every limit of a writer is 1 or more");
        }
    }

    /** Entries of one large batch in flight. */
    int maxAloneInFlight() {
        return MORE_ALONE * maxEntriesInFlight;
    }

    /** Bytes of such entries in flight. */
    long maxAloneBytesInFlight() {
        return (long) maxEntryBytes * maxEntriesInFlight;
    }
}
