package io.millrace.client.queue;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Settlement;
import java.util.concurrent.CompletableFuture;

/**
 * What is said of a delivery: what became of it, or that it takes longer. Guarded by its owner's
 * lock but for {@link #answer}.
 */
final class Word {
    private final LeasedDelivery delivery;
    private final Settlement settlement;
    private final int leaseMs;
    private final CompletableFuture<Void> answer = new CompletableFuture<>();
    private long sentNanos;
    private boolean inDoubt;

    private Word(LeasedDelivery delivery, Settlement settlement, int leaseMs) {
        this.delivery = delivery;
        this.settlement = settlement;
        this.leaseMs = leaseMs;
    }

    static Word settle(LeasedDelivery delivery, Settlement settlement) {
        return new Word(delivery, settlement, 0);
    }

    static Word extend(LeasedDelivery delivery, int leaseMs) {
        return new Word(delivery, null, leaseMs);
    }

    LeasedDelivery delivery() {
        return delivery;
    }

    /** What became of it; null: it takes longer. */
    Settlement settlement() {
        return settlement;
    }

    /** How long the lease is to last; 0: it is settled. */
    int leaseMs() {
        return leaseMs;
    }

    /** Whether it only gives back what was not begun: nobody waits for the answer. */
    boolean isReturn() {
        return settlement != null && settlement.getFate() == Settlement.Fate.FATE_RETURN;
    }

    DeliveryName name() {
        return delivery.name();
    }

    CompletableFuture<Void> answer() {
        return answer;
    }

    void sent(long nowNanos) {
        sentNanos = nowNanos;
    }

    /** It was sent, and the stream ended before an answer. */
    void markInDoubt() {
        inDoubt = true;
    }

    /**
     * It is durable.
     *
     * @return tells whoever waits; to be run without locks
     */
    Runnable done() {
        if (settlement == null) {
            delivery.extended(sentNanos, leaseMs);
        }
        return () -> answer.complete(null);
    }

    /**
     * It was refused.
     *
     * @return tells whoever waits; to be run without locks
     */
    Runnable refused(MillraceException why) {
        MillraceException known =
                inDoubt && why.code() == ErrorCode.DELIVERY_EXPIRED
                        ? why.withOutcome(WriteOutcome.UNKNOWN)
                        : why;
        return () -> answer.completeExceptionally(known);
    }
}
