package io.millrace.broker.subscription;

import io.millrace.broker.reading.ReadTerms;
import io.millrace.v1.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The partitions of a subscription that wait for their place. Confined to its session's turn. */
final class Arrivals {

    /** How often to look whether a wait is over when nothing tells. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Runnable signal;
    private final ReadySet ready;
    private final Map<Integer, Arrival> waiting = new LinkedHashMap<>();

    Arrivals(ReadySet ready, Runnable signal) {
        this.ready = ready;
        this.signal = signal;
    }

    /** A subscription starts: all its partitions, those of a shard with one barrier. */
    void start(SubscriptionStart start, Map<Integer, FollowedPartition> partitions, long nowNanos) {
        Map<Integer, ShardBarrier> barriers = new HashMap<>();
        for (SubscriptionStart.Part part : start.parts()) {
            FollowedPartition followed = partitions.get(part.handle());
            ServedPartition served = followed.served();
            ShardBarrier barrier =
                    barriers.computeIfAbsent(
                            served.shard(), shard -> new ShardBarrier(served, signal));
            add(
                    new Arrival(
                            followed,
                            part.position(),
                            part.atLeastOffset(),
                            start.terms(),
                            barrier,
                            nowNanos + start.terms().patience().toNanos()));
        }
    }

    /** One partition is sent elsewhere; takes the place of a wait that is not over. */
    void seek(FollowedPartition followed, Position position, ReadTerms terms, long nowNanos) {
        add(
                new Arrival(
                        followed,
                        position,
                        0,
                        terms,
                        new ShardBarrier(followed.served(), signal),
                        nowNanos + terms.patience().toNanos()));
    }

    private void add(Arrival arrival) {
        arrival.followed().leave();
        waiting.put(arrival.followed().handle(), arrival);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Lets those arrive that can.
     *
     * @throws PartitionFailure if one never can, or has waited too long
     */
    void look(long nowNanos) throws IOException, PartitionFailure {
        for (Iterator<Arrival> all = waiting.values().iterator(); all.hasNext(); ) {
            Arrival arrival = all.next();
            FollowedPartition followed = arrival.followed();
            if (PartitionFailure.guard(followed, () -> arrival.tryNow(nowNanos))) {
                all.remove();
                ready.mark(followed);
            }
        }
    }
}
