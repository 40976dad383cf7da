package io.millrace.broker.partition;

import java.io.IOException;
import java.util.List;

/** Reads one partition log in order. Confined to one thread at a time. */
public interface LogReader extends AutoCloseable {

    /** The offset that the next batch must hold. */
    long position();

    /**
     * The next batches, checked against their checksums, in heap copies of their own: as many as
     * fit into {@code maxBytes}, at least one if there is one, none at the end of the log.
     *
     * @throws TrimmedException if the position has fallen below the log start
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

    /** Stored bytes do not match their checksum. */
    final class CorruptLogException extends IOException {

        private static final long serialVersionUID = 1L;

        public CorruptLogException(String message) {
            super(message);
        }
    }
}
