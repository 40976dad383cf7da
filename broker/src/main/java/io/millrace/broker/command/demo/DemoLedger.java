package io.millrace.broker.command.demo;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What was sent, what was acknowledged and what came back. Thread-safe. */
final class DemoLedger {

    private final int events;
    private final BitSet acknowledged = new BitSet();
    private final BitSet delivered = new BitSet();
    private final Map<String, Integer> lastOfKey = new HashMap<>();
    private int sent;
    private int answered;
    private int failed;
    private int deliveries;
    private int doubled;
    private int outOfOrder;
    private int changed;
    private int kills;
    private int inFlightAtKills;

    DemoLedger(int events) {
        this.events = events;
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
     * An event came back.
     *
     * @param intact whether key and value are those that were sent
     */
    synchronized void delivered(int number, String key, boolean intact) {
        deliveries++;
        if (!intact) {
            changed++;
        }
        if (delivered.get(number)) {
            doubled++;
            return;
        }
        delivered.set(number);
        Integer last = lastOfKey.put(key, number);
        if (last != null && last > number) {
            outOfOrder++;
        }
    }

    synchronized int deliveries() {
        return deliveries;
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
                doubled,
                outOfOrder,
                changed,
                lastOfKey.size(),
                kills,
                inFlightAtKills,
                Math.round(seconds * 10) / 10.0);
    }
}
