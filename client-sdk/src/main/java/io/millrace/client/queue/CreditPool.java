package io.millrace.client.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Shares one bound, on records and on bytes, out to the streams of a receiver. Each stream may have
 * its even share under way or waiting here; what others still have of a time when shares were
 * larger comes off it, down to a quarter: credit that a broker has cannot be taken back. Pure;
 * guarded by its owner's lock.
 */
final class CreditPool {
    /** A share is refilled by this part at a time. */
    private static final int PARTS = 4;

    /** An amount of records and bytes. */
    record Amount(long records, long bytes) {
        boolean isNothing() {
            return records == 0 && bytes == 0;
        }
    }

    /** What one stream has: allowed and not come yet, and come and not taken yet. */
    static final class Line {
        private long records;
        private long bytes;
        private long heldRecords;
        private long heldBytes;
        private boolean open = true;

        private Line() {}
    }

    private final Amount bound;
    private final List<Line> lines = new ArrayList<>();
    private long usedRecords;
    private long usedBytes;
    private int streams = 1;

    CreditPool(long records, long bytes) {
        this.bound = new Amount(records, bytes);
    }

    /** How many streams there are, or soon will be; 1 at least. */
    void setStreams(int count) {
        streams = Math.max(1, count);
    }

    /** A stream is about to open; nothing is allowed yet. */
    Line open() {
        Line line = new Line();
        lines.add(line);
        return line;
    }

    /** A stream has ended: what was under way will not come. What has come is still held. */
    void close(Line line) {
        if (line.open) {
            line.open = false;
            lines.remove(line);
            usedRecords -= line.records;
            usedBytes -= line.bytes;
        }
    }

    /** Something has come. */
    void arrived(Line line, long records, long bytes) {
        line.records -= records;
        line.bytes -= bytes;
        line.heldRecords += records;
        line.heldBytes += bytes;
    }

    /** Something that had come was taken or dropped. */
    void taken(Line line, long records, long bytes) {
        line.heldRecords -= records;
        line.heldBytes -= bytes;
        usedRecords -= records;
        usedBytes -= bytes;
    }

    /** What a stream is to be allowed now; nothing as long as it would be little. */
    Amount grant(Line line) {
        long shareRecords = share(bound.records());
        long shareBytes = share(bound.bytes());
        long records =
                more(shareRecords, line.records + line.heldRecords, bound.records() - usedRecords);
        long bytes = more(shareBytes, line.bytes + line.heldBytes, bound.bytes() - usedBytes);
        if (records < part(shareRecords) && bytes < part(shareBytes)) {
            return new Amount(0, 0);
        }
        line.records += records;
        line.bytes += bytes;
        usedRecords += records;
        usedBytes += bytes;
        return new Amount(records, bytes);
    }

    private static long more(long share, long has, long free) {
        return Math.max(0, Math.min(share - has, Math.max(free, part(share) - has)));
    }

    private long share(long all) {
        return Math.max(1, all / Math.max(streams, lines.size()));
    }

    private static long part(long share) {
        return Math.max(1, share / PARTS);
    }
}
