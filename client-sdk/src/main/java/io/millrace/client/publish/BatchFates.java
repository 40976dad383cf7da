package io.millrace.client.publish;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends batches: tells those who wait what is known, and keeps the lane's sequence whole. Runs on
 * the sender's thread.
 */
final class BatchFates {
    private final PublisherOptions options;
    private final MemoryBudget memory;
    private final StreamPool streams;

    BatchFates(PublisherOptions options, MemoryBudget memory, StreamPool streams) {
        this.options = options;
        this.memory = memory;
        this.streams = streams;
    }

    /** It is stored. */
    void stored(
            Lane lane,
            PendingBatch batch,
            long baseOffset,
            long appendTimeMs,
            boolean duplicate,
            Durability durability) {
        memory.release(batch.reservedBytes());
        batch.succeed(lane.partition(), baseOffset, appendTimeMs, duplicate, durability);
    }

    /** Ends what has waited too long. */
    void expire(Lane lane, long now) {
        PendingBatch first;
        while ((first = lane.window().first()) != null && isExpired(first, now)) {
            if (lane.window().inFlight() > 0 || first.mayBeApplied()) {
                abandonProducer(lane, timedOut(lane));
            } else {
                fail(lane.window().giveUpFirst(), timedOut(lane), WriteOutcome.NOT_APPLIED);
            }
        }
        PendingBatch batch;
        while ((batch = lane.queue().pollExpired(now, options.deadlineNanos())) != null) {
            fail(batch, timedOut(lane), WriteOutcome.NOT_APPLIED);
        }
    }

    /** It is larger than the topic takes, and was never sent. */
    void tooLarge(Lane lane, PendingBatch batch, int bytes, int limit) {
        fail(
                batch,
                MillraceException.of(
                                ErrorCode.BATCH_TOO_LARGE,
                                "a batch of "
                                        + batch.recordCount()
                                        + " records has "
                                        + bytes
                                        + " bytes; topic "
                                        + lane.partition().topic()
                                        + " takes "
                                        + limit
                                        + ": send smaller records or raise max.batch.bytes")
                        .with("bytes", bytes)
                        .with("limit", limit),
                WriteOutcome.NOT_APPLIED);
    }

    /** The oldest batch in flight will never be taken. */
    void drop(Lane lane, PendingBatch batch, MillraceException why) {
        if (batch.mayBeApplied() || why.outcome() == WriteOutcome.UNKNOWN) {
            loseProducer(lane, batch, why);
        } else {
            lane.window().dropped(batch);
            fail(batch, why, WriteOutcome.NOT_APPLIED);
        }
    }

    /** The oldest batch in flight is refused, and its producer's sequence is of no use any more. */
    void loseProducer(Lane lane, PendingBatch batch, MillraceException why) {
        lane.window().refused(batch, why.outcome() != WriteOutcome.NOT_APPLIED);
        abandonProducer(lane, why);
    }

    /**
     * Goes on under a new producer id. Batches that may be applied fail, since under another id
     * they could be stored twice; the others are sent under the new one.
     */
    void abandonProducer(Lane lane, MillraceException why) {
        streams.forget(lane);
        for (PendingBatch batch : lane.window().abandonProducer()) {
            fail(batch, why.with("order", "uncertain"), WriteOutcome.UNKNOWN);
        }
        lane.setProducer(null);
    }

    /** Ends all batches of a lane; those that come later are tried anew. */
    void failAll(Lane lane, MillraceException why) {
        streams.forget(lane);
        List<PendingBatch> certain = new ArrayList<>();
        for (PendingBatch batch : lane.window().clear()) {
            if (batch.mayBeApplied()) {
                fail(batch, why, WriteOutcome.UNKNOWN);
            } else {
                certain.add(batch);
            }
        }
        lane.setProducer(null);
        lane.queue().closeOpen();
        PendingBatch queued;
        while ((queued = lane.queue().poll(0, 0)) != null) {
            certain.add(queued);
        }
        certain.forEach(batch -> fail(batch, why, WriteOutcome.NOT_APPLIED));
    }

    private void fail(PendingBatch batch, MillraceException why, WriteOutcome outcome) {
        memory.release(batch.reservedBytes());
        batch.fail(why.withOutcome(outcome));
    }

    private boolean isExpired(PendingBatch batch, long now) {
        return now - batch.createdNanos() >= options.deadlineNanos();
    }

    private MillraceException timedOut(Lane lane) {
        MillraceException last = lane.lastProblem();
        MillraceException failure =
                MillraceException.of(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "no acknowledgement from "
                                + lane.partition()
                                + " within "
                                + TimeUnit.NANOSECONDS.toMillis(options.deadlineNanos())
                                + " ms; "
                                + (last == null
                                        ? "the broker has not answered"
                                        : "the last problem: " + last.getMessage()),
                        last);
        return last == null ? failure : failure.with("last", last.code());
    }
}
