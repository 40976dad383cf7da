package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;

/**
 * What one publish stream answers: within a partition in the order in which the batches came.
 * Confined to its session's lock.
 */
final class PublishAnswers {

    private final PublishContext context;
    private final PublishOutlet outlet;
    private int inFlight;
    private boolean silent;

    PublishAnswers(PublishContext context, PublishOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
    }

    /** Sends nothing from now on; what comes is still counted. */
    void silence() {
        silent = true;
    }

    /** How many batches are proposed and not settled. */
    int inFlight() {
        return inFlight;
    }

    /** A batch is proposed: its answer is due. */
    void proposed(PartitionStream stream) {
        stream.proposed();
        inFlight++;
    }

    /** The batch was stored, now or before. */
    void acknowledge(
            IncomingBatch batch,
            long baseOffset,
            long leaderEpoch,
            long appendTimeMs,
            boolean duplicate) {
        long nanos = context.nanoTime().getAsLong() - batch.arrivedNanos();
        context.listener()
                .acknowledged(
                        batch.stream().topic(), batch.records(), batch.bytes(), nanos, duplicate);
        if (!silent) {
            outlet.send(
                    PublishMessages.ack(
                            batch.correlationId(),
                            baseOffset,
                            leaderEpoch,
                            appendTimeMs,
                            duplicate));
        }
    }

    /** A proposed batch was refused. */
    void refuseProposed(IncomingBatch batch, MillraceException reason) {
        batch.stream().fail();
        send(batch.correlationId(), reason);
    }

    /** The fate of a proposed batch is known and told, or could not be told. */
    void settled(PartitionStream stream) {
        stream.answered();
        inFlight--;
    }

    /** Tells what was held back until the last batch before it was settled. */
    void sendHeldBack(PartitionStream stream) {
        for (PartitionStream.Refused due = stream.due(); due != null; due = stream.due()) {
            send(due.correlationId(), due.reason());
        }
    }

    /**
     * Refuses a batch that was not proposed. Its answer comes after those of the batches before it.
     *
     * @param stream null if its partition was not found
     * @throws MillraceException if more answers would be held back than the protocol allows
     */
    void refuse(PartitionStream stream, long correlationId, MillraceException reason) {
        if (stream == null) {
            send(correlationId, reason);
            return;
        }
        stream.fail();
        if (stream.inFlight() == 0) {
            send(correlationId, reason);
        } else if (stream.heldBack() < context.maxInFlight()) {
            stream.hold(correlationId, reason);
        } else {
            throw PublishChecks.invalid(
                    "batch",
                    "far more than %d batches for %s without an answer; wait for the answers"
                            .formatted(context.maxInFlight(), stream.name()));
        }
    }

    private void send(long correlationId, MillraceException reason) {
        context.listener().refused(reason.code());
        if (!silent) {
            outlet.send(PublishMessages.refusal(correlationId, reason));
        }
    }
}
