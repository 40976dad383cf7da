package io.millrace.raft.wal;

import java.time.Duration;

/**
 * How the write-ahead log uses its disk and memory.
 *
 * @param segmentBytes the size of a segment, a multiple of 4,096 from 64 KiB to 1 GiB; an entry may
 *     have half of it
 * @param capBytes the most that all segments may take; at least {@code segmentsAhead + 3} of them.
 *     When it is reached, the shards that need the oldest segment are given up if others hold what
 *     they hold; else appends wait
 * @param segmentsAhead segments that wait, ready to be written, so that a full disk is seen before
 *     the writer needs it; together at least the sum of all in-memory log bounds
 * @param maxGroupBytes the most that is forced at once, unless a single entry is larger
 * @param directIo whether to write past the page cache where the file system allows it
 * @param queueBytes the most that waits for the writer; an append that finds more waits itself
 * @param idleMark after how long without writes an empty group follows the last one, so that rot of
 *     the last one can be told from a torn write
 * @param recycleGrace how long a segment that nobody needs can still be read
 * @param spaceRetry how long to wait before a segment that could not be allocated is tried again
 * @param spaceWait how long appends wait for a segment before the log fails
 */
public record WalOptions(
        int segmentBytes,
        long capBytes,
        int segmentsAhead,
        int maxGroupBytes,
        boolean directIo,
        long queueBytes,
        Duration idleMark,
        Duration recycleGrace,
        Duration spaceRetry,
        Duration spaceWait) {

    private static final int SMALLEST_SEGMENT = 64 << 10;
    private static final int LARGEST_SEGMENT = 1 << 30;

    public WalOptions {
        check(
                segmentBytes >= SMALLEST_SEGMENT
                        && segmentBytes <= LARGEST_SEGMENT
                        && segmentBytes % Block.BYTES == 0,
                "segmentBytes must be a multiple of 4096 from 65536 to 1073741824, got "
                        + segmentBytes);
        check(
                segmentsAhead >= 1 && segmentsAhead <= 1024,
                "segmentsAhead must be 1 to 1024, got " + segmentsAhead);
        check(
                capBytes >= (segmentsAhead + 3L) * segmentBytes,
                "capBytes must hold segmentsAhead + 3 segments, that is "
                        + (segmentsAhead + 3L) * segmentBytes
                        + " bytes, got "
                        + capBytes);
        check(
                maxGroupBytes >= 4096 && maxGroupBytes <= segmentBytes / 4,
                "maxGroupBytes must be 4096 to a quarter of segmentBytes, got " + maxGroupBytes);
        check(queueBytes >= 4096, "queueBytes must be 4096 or more, got " + queueBytes);
        checkDuration("idleMark", idleMark, false);
        checkDuration("recycleGrace", recycleGrace, true);
        checkDuration("spaceRetry", spaceRetry, false);
        checkDuration("spaceWait", spaceWait, false);
    }

    /** Segments of 64 MiB, 4 ahead, 2 GiB in all; groups of 4 MiB; 64 MiB waiting. */
    public static WalOptions defaults() {
        return new WalOptions(
                64 << 20,
                2L << 30,
                4,
                4 << 20,
                true,
                64L << 20,
                Duration.ofMillis(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofMinutes(10));
    }

    /** The same with other sizes on disk; the largest group shrinks with the segments. */
    public WalOptions withSegments(int bytes, int ahead, long cap) {
        return new WalOptions(
                bytes,
                cap,
                ahead,
                Math.min(maxGroupBytes, Math.max(4096, bytes / 4)),
                directIo,
                queueBytes,
                idleMark,
                recycleGrace,
                spaceRetry,
                spaceWait);
    }

    /** The same with other delays. */
    public WalOptions withDelays(Duration idle, Duration grace, Duration retry, Duration wait) {
        return new WalOptions(
                segmentBytes,
                capBytes,
                segmentsAhead,
                maxGroupBytes,
                directIo,
                queueBytes,
                idle,
                grace,
                retry,
                wait);
    }

    /** The same, past the page cache or through it. */
    public WalOptions withDirectIo(boolean direct) {
        return new WalOptions(
                segmentBytes,
                capBytes,
                segmentsAhead,
                maxGroupBytes,
                direct,
                queueBytes,
                idleMark,
                recycleGrace,
                spaceRetry,
                spaceWait);
    }

    /** The largest payload of one entry, in bytes. */
    public int maxEntryBytes() {
        return segmentBytes / 2;
    }

    int maxSegments() {
        return (int) Math.min(Integer.MAX_VALUE, capBytes / segmentBytes);
    }

    private static void checkDuration(String name, Duration value, boolean mayBeZero) {
        check(
                !value.isNegative()
                        && (mayBeZero || !value.isZero())
                        && value.compareTo(Duration.ofDays(1)) <= 0,
                name + " must be above zero and at most a day, got " + value);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
