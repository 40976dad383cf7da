package io.millrace.broker.partition;

import java.io.IOException;
import java.util.List;

/** Reads one partition log in order. Confined to one thread at a time. */
public interface LogReader extends AutoCloseable {

    /** The offset that the next batch must hold. */
    long position();

    /**
     * The next batches, checked against their checksums if they come from the disk, in heap arrays
     * that nobody may write to, for others may have them too: as many as fit into {@code maxBytes},
     * at least one if there is one, none at the end of the log.
     *
     * @throws TrimmedException if the position has fallen below the log start
     * @throws MissingException if this replica misses the records at the position
     * @throws CorruptLogException if stored bytes do not match their checksum
     */
    List<StoredBatch> read(int maxBytes) throws IOException;

    /** Goes on at another offset between the log's start and end. */
    void seek(long offset);

    @Override
    void close();

    /** The position has fallen below the log start. */
    final class TrimmedException extends IOException {

        private static final long serialVersionUID = 1L;

        public TrimmedException(String message) {
            super(message);
        }
    }

    /** The position lies in a hole of this replica; others have the records. */
    final class MissingException extends IOException {

        private static final long serialVersionUID = 1L;

        private final long from;
        private final long to;

        public MissingException(long partitionId, OffsetRange hole) {
            super("this replica misses the offsets " + hole + " of partition " + partitionId);
            this.from = hole.from();
            this.to = hole.to();
        }

        /** The hole: all that is missing around the position. */
        public OffsetRange hole() {
            return new OffsetRange(from, to);
        }
    }

    /** Stored bytes do not match their checksum. */
    final class CorruptLogException extends IOException {

        private static final long serialVersionUID = 1L;

        private final long segmentNumber;

        public CorruptLogException(String message) {
            this(message, 0);
        }

        public CorruptLogException(String message, long segmentNumber) {
            super(message);
            this.segmentNumber = segmentNumber;
        }

        /** The segment that is corrupt, for {@link PartitionLog#lose}; 0 if it is none alone. */
        public long segmentNumber() {
            return segmentNumber;
        }
    }
}
