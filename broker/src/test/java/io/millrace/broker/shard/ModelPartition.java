package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.broker.shard.AppendResult.Duplicate;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a partition is to do, written as plainly as can be: keeps everything, searches lists. */
final class ModelPartition {

    /** A batch that is stored. */
    record Stored(
            long producerId,
            int epoch,
            long firstSequence,
            int count,
            long offset,
            long term,
            long timeMs,
            ByteBuffer bytes) {}

    private record Known(long producerId, int epoch, List<Stored> batches) {
        Stored last() {
            return batches.get(batches.size() - 1);
        }

        long nextSequence() {
            return last().firstSequence() + last().count();
        }
    }

    private final ProducerLimits limits;
    private final List<Known> knownIdleLongestFirst = new ArrayList<>();
    final List<Stored> stored = new ArrayList<>();
    long start;
    long end;
    long lastTimeMs;

    ModelPartition(ProducerLimits limits) {
        this.limits = limits;
    }

    /** The code of a refusal, or the whole of another result. */
    Object append(long leaderTimeMs, long term, ByteBuffer batch) {
        BatchHeader header = BatchHeader.parse(batch);
        long timeMs = Math.max(lastTimeMs, leaderTimeMs);
        Object verdict = header.producerId() == 0 ? null : judge(header, timeMs);
        if (verdict != null) {
            return verdict;
        }
        Stored now =
                new Stored(
                        header.producerId(),
                        header.producerEpoch(),
                        header.firstSequence(),
                        header.recordCount(),
                        end,
                        term,
                        timeMs,
                        batch);
        stored.add(now);
        end += now.count();
        lastTimeMs = timeMs;
        if (header.producerId() != 0) {
            remember(now);
        }
        return new Appended(now.offset(), term, timeMs);
    }

    /** What a shard's result is compared by. */
    static Object comparable(AppendResult result) {
        return result instanceof Refused refused ? refused.code() : result;
    }

    private Object judge(BatchHeader header, long timeMs) {
        Known known = find(header.producerId());
        if (known == null || timeMs - known.last().timeMs() > limits.idleMs()) {
            return header.firstSequence() == 0 ? null : ErrorCode.UNKNOWN_PRODUCER;
        }
        if (header.producerEpoch() < known.epoch()) {
            return ErrorCode.PRODUCER_FENCED;
        }
        if (header.producerEpoch() > known.epoch()) {
            return header.firstSequence() == 0 ? null : ErrorCode.OUT_OF_ORDER_SEQUENCE;
        }
        if (header.firstSequence() == known.nextSequence()) {
            return null;
        }
        if (header.firstSequence() + header.recordCount() > known.nextSequence()) {
            return ErrorCode.OUT_OF_ORDER_SEQUENCE;
        }
        int size = known.batches().size();
        for (Stored batch : known.batches().subList(Math.max(0, size - 8), size)) {
            if (batch.firstSequence() == header.firstSequence()
                    && batch.count() == header.recordCount()) {
                return new Duplicate(batch.offset(), batch.term(), batch.timeMs());
            }
        }
        return Duplicate.FORGOTTEN;
    }

    private void remember(Stored now) {
        knownIdleLongestFirst.removeIf(
                known -> now.timeMs() - known.last().timeMs() > limits.idleMs());
        Known before = find(now.producerId());
        List<Stored> batches = new ArrayList<>();
        if (before != null) {
            knownIdleLongestFirst.remove(before);
            if (before.epoch() == now.epoch()) {
                batches.addAll(before.batches());
            }
        } else if (knownIdleLongestFirst.size() == limits.maxProducers()) {
            knownIdleLongestFirst.remove(0);
        }
        batches.add(now);
        knownIdleLongestFirst.add(new Known(now.producerId(), now.epoch(), batches));
    }

    private Known find(long producerId) {
        return knownIdleLongestFirst.stream()
                .filter(known -> known.producerId() == producerId)
                .findFirst()
                .orElse(null);
    }
}
