package io.millrace.tests.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which broker's bytes reach which other one. A link has a direction: when it is cut, bytes from
 * one to the other are held back, like packets that are lost and sent again, while those of the
 * other direction pass. Thread-safe.
 *
 * <p>A connection whose owner is not known could not be cut, and a test that cuts links would show
 * nothing: it is remembered, and whoever cuts or counts anything after that is told.
 */
public final class Links {

    private final Set<Long> cut = new HashSet<>();
    private final Map<Long, Long> passed = new HashMap<>();
    private final List<String> strangers = new ArrayList<>();

    /** Holds back what one broker says to another. */
    public synchronized void cut(int from, int to) {
        check();
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

    /** How many bytes one broker has said to another that were let through. */
    public synchronized long passed(int from, int to) {
        check();
        return passed.getOrDefault(key(from, to), 0L);
    }

    /**
     * All connections must have been those of known processes.
     *
     * @throws IllegalStateException if one was not
     */
    public synchronized void check() {
        if (!strangers.isEmpty()) {
            throw new IllegalStateException("links cannot be cut: " + strangers);
        }
    }

    /** A connection that nobody knows the owner of. */
    synchronized void stranger(String what) {
        strangers.add(what);
    }

    /** Blocks while the link is cut. */
    void awaitOpen(int from, int to) throws InterruptedException {
        pass(from, to, 0);
    }

    /** Blocks while the link is cut, then counts bytes that go through. */
    synchronized void pass(int from, int to, int bytes) throws InterruptedException {
        while (cut.contains(key(from, to))) {
            wait();
        }
        passed.merge(key(from, to), (long) bytes, Long::sum);
    }

    private static long key(int from, int to) {
        return (long) from << 32 | to;
    }
}
