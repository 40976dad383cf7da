package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.util.Utils;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far apart heartbeats are: ten in an election timeout where records are written, for they tell
 * followers what is committed; five where nobody has written for a second, and they only tell that
 * the leader is there. With another election timeout than the default it is always ten.
 * Thread-safe; never blocks.
 */
final class HeartbeatPace {

    /** A heartbeat's interval with the default election timeout. */
    static final long GRID_NANOS = 100_000_000L;

    /**
     * The one of this process: jraft makes its timers itself, once, and hands nothing in. The clock
     * is jraft's own.
     */
    static final HeartbeatPace PROCESS =
            new HeartbeatPace(() -> TimeUnit.MILLISECONDS.toNanos(Utils.monotonicMs()));

    private static final long IDLE_AFTER_NANOS = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private volatile long writtenNanos;

    HeartbeatPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.writtenNanos = nanoTime.getAsLong();
    }

    /** Something was appended or applied since the last call, here. */
    void written() {
        writtenNanos = nanoTime.getAsLong();
    }

    /**
     * When a task is to begin that waits: at a full step of the clock, so that those of all shards
     * begin together. Waits of less than half a step are left alone. An idle heartbeat begins at
     * every other step.
     *
     * @return nanoseconds from now, at most half a step less than asked for; at most half a step
     *     more, or a step and a half if it is an idle heartbeat
     */
    long align(long delayNanos) {
        if (delayNanos < GRID_NANOS / 2) {
            return delayNanos;
        }
        long now = nanoTime.getAsLong();
        long due = now + delayNanos + GRID_NANOS / 2;
        due -= Math.floorMod(due, GRID_NANOS);
        if (isHeartbeat(delayNanos) && now - writtenNanos >= IDLE_AFTER_NANOS) {
            due += Math.floorMod(due, 2 * GRID_NANOS);
        }
        return due - now;
    }

    /**
     * A step, less what the answer to the last one took. With a shorter election timeout there are
     * none to spare.
     */
    private static boolean isHeartbeat(long delayNanos) {
        return delayNanos > GRID_NANOS * 3 / 4 && delayNanos < GRID_NANOS * 5 / 4;
    }
}
