package io.millrace.tests.cluster;

import java.util.HashSet;
import java.util.Set;

/**
 * Which broker's bytes reach which other one. A link has a direction: when it is cut, bytes from
 * one to the other are held back, like packets that are lost and sent again, while those of the
 * other direction pass. Thread-safe.
 */
public final class Links {

    private final Set<Long> cut = new HashSet<>();

    /** Holds back what one broker says to another. */
    public synchronized void cut(int from, int to) {
        cut.add(key(from, to));
    }

    /** Parts two brokers, in both directions. */
    public void part(int one, int other) {
        cut(one, other);
        cut(other, one);
    }

    /** Lets everything through again. */
    public synchronized void heal() {
        cut.clear();
        notifyAll();
    }

    /** Blocks while the link is cut. */
    synchronized void awaitOpen(int from, int to) throws InterruptedException {
        while (cut.contains(key(from, to))) {
            wait();
        }
    }

    private static long key(int from, int to) {
        return (long) from << 32 | to;
    }
}
