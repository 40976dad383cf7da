package io.millrace.broker.shard;

import io.millrace.broker.partition.SegmentState;
import java.util.List;

/**
 * Decides what retention removes from one partition: whole segments, oldest first, by age and by
 * size. Pure; the leader's segment borders count for all replicas.
 *
 * @param startOffset the log start wanted
 * @param roll whether the segment being written is so old that a new one is to begin, so that
 *     retention finds a border there later
 */
record Retention(long startOffset, boolean roll) {

    /**
     * Decides.
     *
     * @param segments the segments with records, oldest first, the last one being written
     * @param startOffset the log start
     * @param nowMs the broker's time, milliseconds since 1970 UTC; a segment's age counts from its
     *     last batch, by the same clock
     */
    static Retention decide(
            List<SegmentState> segments, long startOffset, PartitionConfig config, long nowMs) {
        long bytesLeft = 0;
        for (SegmentState segment : segments) {
            bytesLeft += segment.sizeBytes();
        }
        long start = startOffset;
        int last = segments.size() - 1;
        for (int i = 0; i <= last; i++) {
            SegmentState segment = segments.get(i);
            bytesLeft -= segment.sizeBytes();
            boolean tooMuch =
                    i < last
                            && config.retentionBytes() != PartitionConfig.UNLIMITED
                            && bytesLeft >= config.retentionBytes();
            if (!tooMuch && !isOlder(segment.lastAppendTimeMs(), nowMs, config.retentionMs())) {
                break;
            }
            start = Math.max(start, segment.endOffset());
        }
        return new Retention(start, last >= 0 && isRollDue(segments.get(last), config, nowMs));
    }

    private static boolean isRollDue(SegmentState written, PartitionConfig config, long nowMs) {
        long first = written.firstAppendTimeMs();
        return isOlder(first, nowMs, config.segmentAgeMs())
                || isOlder(first, nowMs, config.retentionMs());
    }

    private static boolean isOlder(long timeMs, long nowMs, long limitMs) {
        return limitMs != PartitionConfig.UNLIMITED && nowMs - timeMs > limitMs;
    }
}
