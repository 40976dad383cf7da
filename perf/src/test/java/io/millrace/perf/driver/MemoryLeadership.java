package io.millrace.perf.driver;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Three nodes that lead by turns, and may be killed: the next one leads after a while. */
public final class MemoryLeadership implements Leadership, AutoCloseable {
    private static final int NODES = 3;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private int leader = 1;
    private int dead = NOBODY;
    private boolean broken;

    @Override
    public synchronized int leader(String topic, int partition) {
        return leader;
    }

    @Override
    public synchronized boolean isWhole(String topic) {
        return leader != NOBODY && dead == NOBODY && !broken;
    }

    @Override
    public synchronized void move(String topic, int partition, int node) {
        leader = node;
        notifyAll();
    }

    /** Whether replicas are not whole, though all partitions are led. */
    public synchronized void setBroken(boolean now) {
        broken = now;
    }

    /** Kills a node; another leads after this time. */
    public synchronized void kill(int node, long millis) {
        if (node != leader || dead != NOBODY) {
            throw new IllegalStateException("node " + node + " does not lead, or another is dead");
        }
        dead = node;
        leader = NOBODY;
        timer.schedule(() -> move("", 0, node % NODES + 1), millis, TimeUnit.MILLISECONDS);
    }

    /** Starts the node again that is dead. */
    public synchronized void restart(int node) {
        if (node != dead || leader == NOBODY) {
            throw new IllegalStateException("node " + node + " is not dead, or nobody leads");
        }
        dead = NOBODY;
    }

    synchronized void awaitLeader() {
        while (leader == NOBODY) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
