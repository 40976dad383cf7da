package io.millrace.raft.jraft;

/**
 * Decides what a write or force that does not come back means. A leader whose disk hangs would stay
 * leader, since its heartbeats go on, and its shards would wait for it. Decides only: one thread.
 */
final class StallWatch {

    private final long handOverNanos;
    private final long fatalNanos;
    private boolean stalled;
    private boolean dead;

    /**
     * @param handOverNanos a force that takes longer costs the leaderships
     * @param fatalNanos one that takes longer costs the broker
     */
    StallWatch(long handOverNanos, long fatalNanos) {
        this.handOverNanos = handOverNanos;
        this.fatalNanos = fatalNanos;
    }

    /** What is new. */
    enum Change {
        NONE,
        STALLED,
        RECOVERED,
        /** Said once; nothing follows it. */
        DEAD
    }

    /**
     * @param underWayNanos how long the write or force under way has taken; 0 if there is none
     */
    Change look(long underWayNanos) {
        if (dead) {
            return Change.NONE;
        }
        if (underWayNanos >= fatalNanos) {
            dead = true;
            return Change.DEAD;
        }
        boolean before = stalled;
        stalled = underWayNanos >= handOverNanos;
        if (stalled == before) {
            return Change.NONE;
        }
        return stalled ? Change.STALLED : Change.RECOVERED;
    }
}
