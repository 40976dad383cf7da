package io.millrace.client.fake;

import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A partition as a broker keeps it: offsets, and the rules for producers. Not thread-safe. */
public final class FakePartition {
    private static final int REMEMBERED = 8;

    record Stored(long baseOffset, int count, long appendTimeMs, byte[] batch) {
        long end() {
            return baseOffset + count;
        }
    }

    record Applied(long baseOffset, boolean duplicate, boolean offsetUnknown) {}

    private record Past(long firstSequence, long baseOffset) {}

    private static final class KnownProducer {
        private int epoch;
        private long nextSequence;
        private final Deque<Past> past = new ArrayDeque<>();
    }

    private final List<Stored> log = new ArrayList<>();
    private final Map<Long, KnownProducer> producers = new HashMap<>();
    private final Set<Long> everKnown = new HashSet<>();
    private long start;
    private long end;
    private String gapReason = "EXPIRED";

    /** Applies a batch by the rules of publish.proto. */
    Applied apply(byte[] bytes) {
        BatchHeader header = BatchHeader.validate(ByteBuffer.wrap(bytes));
        RecordBatch.trusted(ByteBuffer.wrap(bytes)).records();
        KnownProducer producer = producers.get(header.producerId());
        if (producer == null) {
            if (header.firstSequence() != 0) {
                throw refusal(ErrorCode.UNKNOWN_PRODUCER);
            }
            producer = new KnownProducer();
            producer.epoch = header.producerEpoch();
            producers.put(header.producerId(), producer);
            everKnown.add(header.producerId());
        }
        if (header.producerEpoch() < producer.epoch) {
            throw refusal(ErrorCode.PRODUCER_FENCED);
        }
        if (header.firstSequence() < producer.nextSequence) {
            for (Past past : producer.past) {
                if (past.firstSequence() == header.firstSequence()) {
                    return new Applied(past.baseOffset(), true, false);
                }
            }
            return new Applied(0, true, true);
        }
        if (header.firstSequence() > producer.nextSequence) {
            throw refusal(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        }
        long base = store(bytes, header.recordCount());
        producer.nextSequence = header.nextSequence();
        producer.past.add(new Past(header.firstSequence(), base));
        if (producer.past.size() > REMEMBERED) {
            producer.past.poll();
        }
        return new Applied(base, false, false);
    }

    /** Appends without a producer. */
    long store(byte[] bytes, int count) {
        long base = end;
        log.add(new Stored(base, count, 1_000 + log.size(), bytes));
        end += count;
        return base;
    }

    /** As if all producers had been idle for too long. */
    public void forgetProducers() {
        producers.clear();
    }

    /** How many producer ids have ever stored something here. */
    public int producersSeen() {
        return everKnown.size();
    }

    /** Removes what lies before an offset. */
    public void trim(long offset, String reason) {
        start = offset;
        gapReason = reason;
        log.removeIf(stored -> stored.end() <= offset);
    }

    String gapReason() {
        return gapReason;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** The batch that holds an offset; null: none. */
    Stored at(long offset) {
        for (Stored stored : log) {
            if (offset < stored.end()) {
                return stored;
            }
        }
        return null;
    }

    /** The first offset at or after a time. */
    long atTime(long timestampMs) {
        return log.stream()
                .filter(stored -> stored.appendTimeMs() >= timestampMs)
                .findFirst()
                .map(Stored::baseOffset)
                .orElse(end);
    }

    /** All records held, the first at {@link #start()} or a little before. */
    public List<Record> records() {
        List<Record> records = new ArrayList<>();
        log.forEach(
                s -> records.addAll(RecordBatch.validated(ByteBuffer.wrap(s.batch())).records()));
        return records;
    }

    private static MillraceException refusal(ErrorCode code) {
        return MillraceException.of(code, code.meaning());
    }
}
