package io.millrace.broker.receiving;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.SettleRefusal;
import io.millrace.v1.SettleResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * The answer to a Settle or an Extend: complete when each of its deliveries is durably settled, or
 * refused. Thread-safe; who completes it tells the session.
 */
final class SettleAnswer {

    private final long correlationId;
    private final IntFunction<DeliveryName> names;
    private final long deadlineMs;
    private final Consumer<SettleAnswer> whenComplete;
    private final BitSet open;
    private final List<SettleRefusal> refused = new ArrayList<>();

    /**
     * @param names of the deliveries, counted from 0
     * @param deadlineMs of the monotonic clock
     */
    SettleAnswer(
            long correlationId,
            int count,
            IntFunction<DeliveryName> names,
            long deadlineMs,
            Consumer<SettleAnswer> whenComplete) {
        this.correlationId = correlationId;
        this.names = names;
        this.deadlineMs = deadlineMs;
        this.whenComplete = whenComplete;
        this.open = new BitSet(count);
        open.set(0, count);
    }

    /** What a member said of a delivery is durable. */
    void done(int index) {
        close(index, null);
    }

    /** The lease has run out, or the delivery was settled before. */
    void expired(int index) {
        DeliveryName name = names.apply(index);
        close(
                index,
                MillraceException.of(
                                ErrorCode.DELIVERY_EXPIRED,
                                "delivery %s of record %s is over: its lease ran out or it was settled;"
                                                .formatted(
                                                        Long.toUnsignedString(name.getDeliveryId()),
                                                        Long.toUnsignedString(name.getOffset()))
                                        + " the record is delivered again unless it is done; extend"
                                        + " deliveries in time, or ask for a longer lease")
                        .with("offset", name.getOffset()));
    }

    boolean isOverdue(long nowMs) {
        return nowMs - deadlineMs >= 0;
    }

    /** Says of all that is open that nobody knows. */
    void giveUp() {
        boolean complete;
        synchronized (this) {
            complete = !open.isEmpty();
            MillraceException unknown =
                    MillraceException.of(
                            ErrorCode.OUTCOME_UNKNOWN,
                            "the settlement is not durable yet: the shard takes no entries, or the"
                                    + " dead letters cannot be written now; it is done later unless"
                                    + " the leader changes, then the record is delivered again");
            open.stream().forEach(index -> refuse(index, unknown));
            open.clear();
        }
        if (complete) {
            whenComplete.accept(this);
        }
    }

    synchronized ReceiveResponse message() {
        return ReceiveResponse.newBuilder()
                .setSettled(
                        SettleResult.newBuilder()
                                .setCorrelationId(correlationId)
                                .addAllRefused(refused))
                .build();
    }

    private void close(int index, MillraceException refusal) {
        boolean complete;
        synchronized (this) {
            if (!open.get(index)) {
                return; // answered as unknown meanwhile
            }
            open.clear(index);
            if (refusal != null) {
                refuse(index, refusal);
            }
            complete = open.isEmpty();
        }
        if (complete) {
            whenComplete.accept(this);
        }
    }

    private void refuse(int index, MillraceException reason) {
        refused.add(
                SettleRefusal.newBuilder()
                        .setDelivery(names.apply(index))
                        .setError(WireError.toDetail(reason))
                        .build());
    }
}
