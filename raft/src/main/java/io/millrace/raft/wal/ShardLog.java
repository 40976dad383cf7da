package io.millrace.raft.wal;

import java.util.List;

/**
 * The Raft log of one shard: a contiguous run of entries inside the broker's write-ahead log.
 *
 * <p>What survives: when {@link #append}, {@link #truncateSuffix} or {@link #reset} returns, its
 * effect is forced to the disk and survives a power cut. Before that, any prefix of the entries of
 * an append may survive, and nothing else.
 *
 * <p>Thread-safety: one thread writes (Raft's disk thread of the shard), any number read at the
 * same time.
 */
public interface ShardLog {

    /** The shard's number. */
    int shard();

    /** The first index held; {@code lastIndex() + 1} when the log is empty. 1 for a new log. */
    long firstIndex();

    /** The last index held; {@code firstIndex() - 1} when the log is empty. */
    long lastIndex();

    /**
     * Appends entries and blocks until they are forced. The first index must be {@code lastIndex()
     * + 1}, and they must be consecutive.
     *
     * @throws IllegalArgumentException if the indices do not follow; nothing is written
     * @throws WalFailedException if the journal can take no more writes until it is opened again;
     *     what became of the entries is unknown
     */
    void append(List<WalEntry> entries);

    /**
     * The entry at an index, with its payload in a heap copy of its own. Answers whatever is still
     * on the disk, also below {@link #firstIndex()} until its segment is recycled.
     *
     * @return null if the entry is not there: above the end, or recycled
     * @throws WalFailedException if it cannot be read or its checksum does not match
     */
    WalEntry read(long index);

    /**
     * The term of the entry at an index, cheaper than {@link #read}.
     *
     * @return 0 if the entry is not there
     */
    long term(long index);

    /**
     * Moves the mark below which entries are not needed any more. Only ever moves up; a lower mark
     * is ignored. The mark may lie beyond the end: the log is then empty and starts there. Lazy:
     * need not be durable when it returns, since the caller has a checkpoint above it.
     */
    void truncatePrefix(long firstIndexKept);

    /**
     * Drops all entries after an index and blocks until that is durable.
     *
     * @throws IllegalArgumentException if the index is below {@code firstIndex() - 1}
     * @throws WalFailedException as {@link #append}
     */
    void truncateSuffix(long lastIndexKept);

    /**
     * Drops everything; the next append starts at the given index. Blocks until that is durable.
     *
     * @throws WalFailedException as {@link #append}
     */
    void reset(long nextIndex);
}
