package io.millrace.broker.subscription;

import io.millrace.v1.PartitionGap;
import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.function.LongSupplier;

/** Sends what is ready, as far as the subscriber's credit goes. Confined to its session's turn. */
final class Delivery {

    /** How many messages one turn may send before other subscriptions have theirs. */
    private static final int MESSAGES_PER_TURN = 64;

    private final SubscriptionOutlet outlet;
    private final ReadySet ready;
    private final CreditBalance credit = new CreditBalance();
    private final SignsOfLife life;
    private final SubscriptionListener listener;
    private final int readBytes;
    private final LongSupplier nanoTime;
    private final HeldBack heldBack;

    /**
     * @param readBytes how much is read from a partition in one go
     * @param nanoTime monotonic
     * @param heldBack is told of tests that are put off
     */
    Delivery(
            SubscriptionOutlet outlet,
            ReadySet ready,
            SignsOfLife life,
            SubscriptionListener listener,
            int readBytes,
            LongSupplier nanoTime,
            HeldBack heldBack) {
        this.outlet = outlet;
        this.ready = ready;
        this.life = life;
        this.listener = listener;
        this.readBytes = readBytes;
        this.nanoTime = nanoTime;
        this.heldBack = heldBack;
    }

    void addCredit(long records, long bytes) {
        credit.add(records, bytes);
    }

    /**
     * Sends batches, a partition after the other.
     *
     * @return whether there is more, for another turn
     */
    boolean pump() throws IOException, PartitionFailure {
        TestBudget budget = new TestBudget(nanoTime);
        try {
            return pump(budget);
        } finally {
            if (budget.tested() > 0) {
                listener.tested(budget.tested(), budget.matched());
            }
            if (budget.isSpent()) {
                heldBack.putOff();
            }
        }
    }

    private boolean pump(TestBudget budget) throws IOException, PartitionFailure {
        for (int sent = 0; sent < MESSAGES_PER_TURN; ) {
            FollowedPartition followed = ready.current();
            if (followed == null || !credit.isPositive() || !mayTake(followed)) {
                return false;
            }
            SubscribeResponse message =
                    PartitionFailure.guard(followed, () -> next(followed, budget));
            if (message != null) {
                sent++;
                send(followed, message);
            }
            if (message == null && !budget.isSpent() && !followed.hasMore()) {
                ready.drop();
            } else if (!followed.hasReadAhead()) {
                // Only then the next one: so a subscription holds the read-ahead of one
                // partition in memory, not of all.
                ready.advance();
            }
            if (budget.isSpent()) {
                return true;
            }
        }
        return true;
    }

    /**
     * What was read goes out as a whole: a connection that takes a batch at a time would ask for
     * each by a turn of its own.
     */
    private boolean mayTake(FollowedPartition followed) {
        return followed.hasBatchesRead() || outlet.isReady();
    }

    private SubscribeResponse next(FollowedPartition followed, TestBudget budget)
            throws IOException {
        followed.requireServed();
        return followed.hasMore()
                ? followed.next(Math.max(1, credit.bytesUpTo(readBytes)), budget)
                : null;
    }

    /** Tells what the filter has left out and was not told yet. */
    void tellLeftOut(Collection<FollowedPartition> partitions) {
        for (FollowedPartition followed : partitions) {
            SubscribeResponse gap = followed.leftOut();
            if (gap != null) {
                send(followed, gap);
            }
        }
    }

    private void send(FollowedPartition followed, SubscribeResponse message) {
        life.progress();
        if (message.hasBatch()) {
            int bytes = message.getBatch().getBatch().size();
            credit.spend(message.getBatch().getRecordCount(), bytes);
            listener.delivered(followed.topic(), message.getBatch().getRecordCount(), bytes);
        } else if (message.getGap().getReason() != PartitionGap.Reason.REASON_FILTERED) {
            // What a filter leaves out is not missing.
            listener.gap(message.getGap().getReason());
        }
        outlet.send(message);
    }
}
