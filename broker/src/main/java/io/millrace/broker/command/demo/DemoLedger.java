package io.millrace.broker.command.demo;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** What was sent, what was acknowledged and what came back, to whom. Thread-safe. */
final class DemoLedger {

    private final int events;
    private final LongSupplier nanoTime;
    private final BitSet acknowledged = new BitSet();
    private final BitSet delivered = new BitSet();
    private final long[] placeOf;
    private final Set<Long> doubled = new HashSet<>();
    private final Map<Reader, Integer> lastOfKey = new HashMap<>();
    private final Set<Integer> orphans = new TreeSet<>();
    private int sent;
    private int answered;
    private int failed;
    private int deliveries;
    private int again;
    private int outOfOrder;
    private int changed;
    private int kills;
    private int inFlightAtKills;
    private String dead = "";
    private int heldByDead;
    private int heldByOther;
    private long diedAt;
    private long handOverNanos;

    DemoLedger(int events, LongSupplier nanoTime) {
        this.events = events;
        this.nanoTime = nanoTime;
        this.placeOf = new long[events];
        Arrays.fill(placeOf, -1);
    }

    /** A member reads the events of a key in order. */
    private record Reader(String member, String key) {}

    /**
     * An event that came back.
     *
     * @param member who was given it
     * @param partition where it is stored
     * @param offset where it is stored there
     * @param number its place in the input
     * @param intact whether key and value are those that were sent
     */
    record Delivery(
            String member, int partition, long offset, int number, String key, boolean intact) {
        private long place() {
            return (long) partition << 48 | offset;
        }
    }

    synchronized void sent() {
        sent++;
    }

    /** The answer to the event of this number. */
    synchronized void answered(int number, boolean good) {
        answered++;
        if (good) {
            acknowledged.set(number);
        } else {
            failed++;
        }
    }

    /** How many sends wait for their answer. */
    synchronized int inFlight() {
        return sent - answered;
    }

    /** The broker has been killed. How many sends waited for their answer then. */
    synchronized int killed() {
        kills++;
        inFlightAtKills += inFlight();
        return inFlight();
    }

    /**
     * A member has been killed.
     *
     * @param partitions what it had
     * @param others how many partitions the other member had
     */
    synchronized void died(String member, Set<Integer> partitions, int others) {
        dead = member;
        heldByDead = partitions.size();
        heldByOther = others;
        orphans.addAll(partitions);
        diedAt = nanoTime.getAsLong();
    }

    /** Whether the other member has gone on with everything that the dead one had. */
    synchronized boolean isTakenOver() {
        return orphans.isEmpty();
    }

    /** From the death to the last of its partitions that was gone on with. */
    synchronized double handOverSeconds() {
        return tenths(handOverNanos / 1e9);
    }

    synchronized void delivered(Delivery it) {
        deliveries++;
        if (!it.intact()) {
            changed++;
        }
        if (!it.member().equals(dead) && orphans.remove(it.partition())) {
            handOverNanos = nanoTime.getAsLong() - diedAt;
        }
        if (delivered.get(it.number())) {
            if (placeOf[it.number()] == it.place() || !doubled.add(it.place())) {
                again++;
            }
            return;
        }
        delivered.set(it.number());
        placeOf[it.number()] = it.place();
        Integer last = lastOfKey.put(new Reader(it.member(), it.key()), it.number());
        if (last != null && last > it.number()) {
            outOfOrder++;
        }
    }

    synchronized int deliveries() {
        return deliveries;
    }

    /** How many records of the log came back, however often. */
    synchronized int recordsSeen() {
        return delivered.cardinality() + doubled.size();
    }

    /** Whether everything acknowledged so far has come back. */
    synchronized boolean complete() {
        return answered == sent && lost() == 0;
    }

    private int lost() {
        BitSet missing = (BitSet) acknowledged.clone();
        missing.andNot(delivered);
        return missing.cardinality();
    }

    synchronized DemoSummary summary(double seconds) {
        return new DemoSummary(
                events,
                acknowledged.cardinality(),
                failed + (sent - answered),
                delivered.cardinality(),
                lost(),
                doubled.size(),
                again,
                outOfOrder,
                changed,
                (int) lastOfKey.keySet().stream().map(Reader::key).distinct().count(),
                kills,
                inFlightAtKills,
                heldByDead,
                heldByOther,
                heldByDead - orphans.size(),
                handOverSeconds(),
                tenths(seconds));
    }

    private static double tenths(double seconds) {
        return Math.round(seconds * 10) / 10.0;
    }
}
