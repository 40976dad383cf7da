package io.millrace.broker.subscription;

import io.millrace.v1.SubscribeResponse;
import java.io.IOException;

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

    Delivery(
            SubscriptionOutlet outlet,
            ReadySet ready,
            SignsOfLife life,
            SubscriptionListener listener,
            int readBytes) {
        this.outlet = outlet;
        this.ready = ready;
        this.life = life;
        this.listener = listener;
        this.readBytes = readBytes;
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
        for (int sent = 0; sent < MESSAGES_PER_TURN; ) {
            FollowedPartition followed = ready.current();
            if (followed == null || !credit.isPositive() || !outlet.isReady()) {
                return false;
            }
            SubscribeResponse message = PartitionFailure.guard(followed, () -> next(followed));
            if (message == null) {
                ready.drop();
            } else {
                sent++;
                send(followed, message);
                if (!followed.hasReadAhead()) {
                    // Only then the next one: so a subscription holds the read-ahead of one
                    // partition in memory, not of all.
                    ready.advance();
                }
            }
        }
        return true;
    }

    private SubscribeResponse next(FollowedPartition followed) throws IOException {
        followed.requireServed();
        return followed.hasMore() ? followed.next(Math.max(1, credit.bytesUpTo(readBytes))) : null;
    }

    private void send(FollowedPartition followed, SubscribeResponse message) {
        life.progress();
        if (message.hasBatch()) {
            int bytes = message.getBatch().getBatch().size();
            credit.spend(message.getBatch().getRecordCount(), bytes);
            listener.delivered(followed.topic(), message.getBatch().getRecordCount(), bytes);
        } else {
            listener.gap(message.getGap().getReason());
        }
        outlet.send(message);
    }
}
