package io.millrace.client.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** What has come and waits to be received, the oldest first. Pure; guarded by its owner's lock. */
final class DeliveryBuffer {
    /** What has waited for this part of its lease is renewed when it is taken. */
    private static final double RENEWED_AT = 0.25;

    /** What has waited for this part of its lease goes back to the group. */
    private static final double GIVEN_BACK_AT = 0.5;

    /**
     * A delivery that was taken.
     *
     * @param old whether much of its lease is over
     */
    record Taken(LeasedDelivery delivery, boolean old) {}

    private final CreditPool pool;
    private final Deque<Parcel> parcels = new ArrayDeque<>();

    DeliveryBuffer(CreditPool pool) {
        this.pool = pool;
    }

    void add(Parcel parcel) {
        parcels.add(parcel);
    }

    /** Puts a parcel back that was taken out to be read. */
    void putBack(Parcel parcel) {
        parcels.addFirst(parcel);
    }

    boolean isEmpty() {
        return parcels.isEmpty();
    }

    /**
     * Takes what can be taken. What has become too old is dropped: it is delivered again anyway.
     *
     * @param most how many may be in the list
     * @return the parcel to be read first before more can be taken, taken out; null: none
     */
    Parcel take(List<Taken> into, int most, long nowNanos) {
        while (into.size() < most && !parcels.isEmpty()) {
            Parcel first = parcels.peek();
            if (!first.isRead()) {
                return parcels.poll();
            }
            LeasedDelivery delivery = first.poll();
            freed(first);
            if (delivery.deadlineNanos() - nowNanos > 0) {
                into.add(new Taken(delivery, first.age(nowNanos) > RENEWED_AT));
            }
            if (first.size() == 0) {
                parcels.poll();
            }
        }
        return null;
    }

    /** Takes out what has waited for too long. */
    List<LeasedDelivery> drainOld(long nowNanos) {
        List<LeasedDelivery> old = new ArrayList<>();
        for (Iterator<Parcel> all = parcels.iterator(); all.hasNext(); ) {
            Parcel parcel = all.next();
            if (parcel.age(nowNanos) > GIVEN_BACK_AT) {
                all.remove();
                old.addAll(drain(parcel));
            }
        }
        return old;
    }

    /** Takes out everything. */
    List<LeasedDelivery> drain() {
        List<LeasedDelivery> all = new ArrayList<>();
        while (!parcels.isEmpty()) {
            all.addAll(drain(parcels.poll()));
        }
        return all;
    }

    /** What is in a parcel is not wanted. */
    List<LeasedDelivery> drain(Parcel parcel) {
        List<LeasedDelivery> left = parcel.drain();
        if (!left.isEmpty()) {
            pool.taken(parcel.line(), left.size(), parcel.bytes());
        }
        return left;
    }

    /** A delivery has left a parcel; the batch is freed with the last one. */
    private void freed(Parcel parcel) {
        pool.taken(parcel.line(), 1, parcel.size() == 0 ? parcel.bytes() : 0);
    }
}
