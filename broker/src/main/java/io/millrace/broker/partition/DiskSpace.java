package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tells how much of the disk may be used. Thread-safe.
 *
 * <p>Where there is plenty it looks at the disk once for each {@link #STEP_BYTES}, not for each
 * write: about so much less than the reserve may be left.
 */
final class DiskSpace {

    static final long STEP_BYTES = 1 << 20;

    /** With so little left that may be used, every write counts. */
    static final long PLENTY_BYTES = 64 * STEP_BYTES;

    private final LongSupplier usableBytes;
    private final long reserveBytes;
    private final AtomicLong granted = new AtomicLong();

    DiskSpace(LongSupplier usableBytes, long reserveBytes) {
        this.usableBytes = usableBytes;
        this.reserveBytes = reserveBytes;
    }

    void require(long bytes, Path path) throws IOException {
        if (bytes <= STEP_BYTES && granted.addAndGet(-bytes) >= 0) {
            return;
        }
        long left = usableBytes.getAsLong() - reserveBytes;
        if (left < bytes) {
            throw full(bytes, path);
        }
        granted.set(left < PLENTY_BYTES ? 0 : STEP_BYTES);
    }

    IOException explain(IOException e, long bytes, Path path) {
        String message = String.valueOf(e.getMessage());
        boolean full =
                message.contains("No space left")
                        || message.contains("quota exceeded")
                        || usableBytes.getAsLong() < bytes;
        if (!full) {
            return e;
        }
        IOException fullDisk = full(bytes, path);
        fullDisk.initCause(e);
        return fullDisk;
    }

    private PartitionLog.DiskFullException full(long bytes, Path path) {
        return new PartitionLog.DiskFullException(
                "disk full: "
                        + path
                        + " needs "
                        + bytes
                        + " bytes more, "
                        + usableBytes.getAsLong()
                        + " are free and "
                        + reserveBytes
                        + " of them are kept in reserve; free some space or shorten retention");
    }
}
