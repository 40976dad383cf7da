package io.millrace.broker.queue;

import java.util.BitSet;

/**
 * Opens when too many of the last {@value #SAMPLES} records that were finished were given up: then
 * the fault is rather with those who process them, and giving up more would only flood the dead
 * letters. Stays open until it is reset.
 */
final class GiveUpBreaker {

    static final int SAMPLES = 100;

    private final BitSet givenUp = new BitSet(SAMPLES);
    private int next;
    private boolean isOpen;

    void finished(boolean wasGivenUp, int limitPercent) {
        givenUp.set(next, wasGivenUp);
        next = (next + 1) % SAMPLES;
        isOpen |= givenUp.cardinality() * 100 > limitPercent * SAMPLES;
    }

    boolean isOpen() {
        return isOpen;
    }

    void reset() {
        givenUp.clear();
        isOpen = false;
    }
}
