package io.millrace.broker.shard;

import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.SegmentState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of one partition in a manifest: variable-length integers, since most of them are small
 * and a shard may have many partitions with many producers.
 */
final class PartitionCodec {

    private PartitionCodec() {}

    /** What is the same on every replica. */
    static byte[] encodeReplicated(PartitionSnapshot partition) {
        Writer out = new Writer();
        out.put(partition.partitionId()).put(partition.topicId()).put(partition.partition());
        PartitionConfig config = partition.config();
        out.put(config.segmentBytes()).put(config.segmentAgeMs());
        out.put(config.retentionBytes()).put(config.retentionMs()).put(config.maxBatchBytes());
        out.put(partition.placementVersion());
        out.put(partition.logState().startOffset()).put(partition.logState().endOffset());
        out.put(partition.lastAppendTimeMs());
        TrimMark mark = partition.trimMark();
        out.put(mark == null ? 0 : mark.reason().code());
        if (mark != null) {
            out.put(mark.fromOffset()).put(mark.toOffset());
        }
        out.put(partition.producers().size());
        for (ProducerState producer : partition.producers()) {
            putProducer(out, producer);
        }
        return out.toByteArray();
    }

    /** What is this broker's own. */
    static byte[] encodeLocal(PartitionSnapshot partition) {
        LogState state = partition.logState();
        Writer out = new Writer();
        out.put(state.nextSegmentNumber()).put(state.segments().size());
        for (SegmentState segment : state.segments()) {
            out.put(segment.number()).put(segment.baseOffset()).put(segment.endOffset());
            out.put(segment.excerptCount()).put(segment.sizeBytes());
            out.put(segment.firstAppendTimeMs()).put(segment.lastAppendTimeMs());
        }
        out.put(state.holes().size());
        for (OffsetRange hole : state.holes()) {
            out.put(hole.from()).put(hole.to());
        }
        return out.toByteArray();
    }

    /**
     * A partition from its two parts. The log is marked as forced: a durable manifest says so.
     *
     * @param local null if there is none: a log of which nothing is here
     * @param withHoles whether the local part has holes, as all but the oldest manifests have
     */
    static PartitionSnapshot decode(ByteBuffer replicated, ByteBuffer local, boolean withHoles) {
        long partitionId = get(replicated);
        long topicId = get(replicated);
        int number = getInt(replicated);
        PartitionConfig config =
                new PartitionConfig(
                        get(replicated),
                        get(replicated),
                        get(replicated),
                        get(replicated),
                        getInt(replicated));
        long placementVersion = get(replicated);
        long start = get(replicated);
        long end = get(replicated);
        long lastAppendTimeMs = get(replicated);
        TrimMark mark = getTrimMark(replicated);
        int producerCount = count(replicated);
        List<ProducerState> producers = new ArrayList<>(producerCount);
        for (int i = 0; i < producerCount; i++) {
            producers.add(getProducer(replicated));
        }
        PartitionSnapshot snapshot =
                new PartitionSnapshot(
                        partitionId,
                        topicId,
                        number,
                        config,
                        placementVersion,
                        mark,
                        lastAppendTimeMs,
                        List.copyOf(producers),
                        local == null
                                ? LogState.missing(start, end)
                                : getLogState(local, start, end, withHoles));
        snapshot.markForced();
        return snapshot;
    }

    private static void putProducer(Writer out, ProducerState producer) {
        out.put(producer.producerId()).put(producer.epoch()).put(producer.nextSequence());
        out.put(producer.batchCount());
        long[] before = new long[ProducerState.STRIDE];
        for (int batch = 0; batch < producer.batchCount(); batch++) {
            for (int field = 0; field < ProducerState.STRIDE; field++) {
                long value = producer.batchField(batch, field);
                out.put(value - before[field]);
                before[field] = value;
            }
        }
    }

    private static ProducerState getProducer(ByteBuffer in) {
        long producerId = get(in);
        int epoch = getInt(in);
        long nextSequence = get(in);
        int batchCount = count(in);
        if (batchCount < 1 || batchCount > ProducerState.REMEMBERED_BATCHES) {
            throw new IllegalArgumentException("a producer with " + batchCount + " batches");
        }
        long[] batches = new long[batchCount * ProducerState.STRIDE];
        for (int i = 0; i < batches.length; i++) {
            long before = i < ProducerState.STRIDE ? 0 : batches[i - ProducerState.STRIDE];
            batches[i] = before + get(in);
        }
        return new ProducerState(producerId, epoch, nextSequence, batches);
    }

    private static TrimMark getTrimMark(ByteBuffer in) {
        byte code = (byte) getInt(in);
        return code == 0 ? null : new TrimMark(get(in), get(in), TrimReason.ofCode(code));
    }

    private static LogState getLogState(ByteBuffer in, long start, long end, boolean withHoles) {
        long nextSegmentNumber = get(in);
        int count = count(in);
        List<SegmentState> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            segments.add(
                    new SegmentState(
                            get(in), get(in), get(in), get(in), get(in), get(in), get(in)));
        }
        int holeCount = withHoles ? count(in) : 0;
        List<OffsetRange> holes = new ArrayList<>(holeCount);
        for (int i = 0; i < holeCount; i++) {
            holes.add(new OffsetRange(get(in), get(in)));
        }
        return new LogState(start, end, nextSegmentNumber, segments, holes);
    }

    private static int count(ByteBuffer in) {
        long count = get(in);
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException(
                    "count " + count + " where " + in.remaining() + " bytes are left");
        }
        return (int) count;
    }

    private static int getInt(ByteBuffer in) {
        long value = get(in);
        if ((int) value != value) {
            throw new IllegalArgumentException(value + " is no 32-bit number");
        }
        return (int) value;
    }

    private static long get(ByteBuffer in) {
        long zigzag = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = in.get();
            zigzag |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw new IllegalArgumentException("a number of more than 10 bytes");
    }

    /** Zigzag and seven bits a byte, lowest first. */
    private static final class Writer {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

        Writer put(long value) {
            long zigzag = (value << 1) ^ (value >> 63);
            while ((zigzag & ~0x7FL) != 0) {
                out.write((int) (zigzag & 0x7F | 0x80));
                zigzag >>>= 7;
            }
            out.write((int) zigzag);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }
    }
}
