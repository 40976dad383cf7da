package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Tells how much of the disk may be used. */
final class DiskSpace {

    private final LongSupplier usableBytes;
    private final long reserveBytes;

    DiskSpace(LongSupplier usableBytes, long reserveBytes) {
        this.usableBytes = usableBytes;
        this.reserveBytes = reserveBytes;
    }

    void require(long bytes, Path path) throws IOException {
        if (usableBytes.getAsLong() - reserveBytes < bytes) {
            throw full(bytes, path);
        }
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
