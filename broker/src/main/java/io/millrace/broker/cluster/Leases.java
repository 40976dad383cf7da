package io.millrace.broker.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * For how long brokers count as alive after their last report: in the memory of the controller's
 * leader alone.
 *
 * <p>Time passes only with {@link #tick}, one period a tick at most: a leader that was paused has
 * heard nobody meanwhile, which is no sign that nobody spoke, and must not take all for dead when
 * it goes on. Thread-safe.
 */
final class Leases {

    private final long termNanos;
    private final long periodNanos;
    private final Map<Integer, Long> silence = new HashMap<>();
    private long lastTick;

    /**
     * @param termNanos how long a lease runs
     * @param periodNanos the most that one tick counts for
     */
    Leases(long termNanos, long periodNanos) {
        this.termNanos = termNanos;
        this.periodNanos = periodNanos;
    }

    /** A new leader begins: whoever it knows has a full term. */
    synchronized void begin(Set<Integer> nodes, long nanoTime) {
        silence.clear();
        nodes.forEach(node -> silence.put(node, 0L));
        lastTick = nanoTime;
    }

    /** Time has passed. */
    synchronized void tick(long nanoTime) {
        long passed = Math.min(periodNanos, Math.max(0, nanoTime - lastTick));
        lastTick = nanoTime;
        silence.replaceAll((node, silent) -> silent + passed);
    }

    /** These are the brokers there are: others are forgotten, new ones have a full term. */
    synchronized void keep(Set<Integer> nodes) {
        silence.keySet().retainAll(nodes);
        nodes.forEach(node -> silence.putIfAbsent(node, 0L));
    }

    /** A broker was heard of. Nothing if it is not known. */
    synchronized void renew(int node) {
        silence.replace(node, 0L);
    }

    /** Those whose lease runs, by node id. */
    synchronized Set<Integer> alive() {
        Set<Integer> alive = new TreeSet<>();
        silence.forEach(
                (node, silent) -> {
                    if (silent < termNanos) {
                        alive.add(node);
                    }
                });
        return alive;
    }

    synchronized boolean isAlive(int node) {
        Long silent = silence.get(node);
        return silent != null && silent < termNanos;
    }

    /** For how long a broker has been dead, beyond its lease; 0 if it is alive or not known. */
    synchronized long deadNanos(int node) {
        return Math.max(0, silence.getOrDefault(node, 0L) - termNanos);
    }
}
