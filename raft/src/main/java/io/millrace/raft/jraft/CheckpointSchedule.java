package io.millrace.raft.jraft;

import io.millrace.raft.wal.WalUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides when which shard is checkpointed, and which refuse writes because the journal fills up.
 * Decides only: time and facts are handed in. One thread.
 *
 * <p>A shard's log is kept back to the checkpoint before the last, so a shard that has nothing new
 * frees nothing by another checkpoint. If such a shard pins a journal under pressure it is moved
 * on: an entry of its own makes the next checkpoint worth taking.
 */
final class CheckpointSchedule {

    /** Above this share of the journal the shard that pins it comes first. */
    static final double PRESSED = 0.5;

    /** Above this share the pinning shard takes no writes. */
    static final double REFUSED = 0.8;

    /** Above this share no shard does: at the cap a replica would have to be given up. */
    static final double ALL_REFUSED = 0.9;

    /** How long a checkpoint that did not come about is left alone. */
    static final long RETRY_NANOS = 10_000_000_000L;

    private final long bytes;
    private final long intervalNanos;
    private final Map<Integer, Last> lasts = new HashMap<>();

    /**
     * @param bytes in a shard's log after which it is due
     * @param intervalNanos after which it is due if anything was applied
     */
    CheckpointSchedule(long bytes, long intervalNanos) {
        this.bytes = bytes;
        this.intervalNanos = intervalNanos;
    }

    /** A shard as it was when its newest checkpoint was first seen, and the next one's last try. */
    private static final class Last {
        final long checkpointIndex;
        final long appendedBytes;
        final long nanos;
        boolean tried;
        long triedNanos;

        Last(long checkpointIndex, long appendedBytes, long nanos) {
            this.checkpointIndex = checkpointIndex;
            this.appendedBytes = appendedBytes;
            this.nanos = nanos;
        }
    }

    /**
     * What is known of a shard.
     *
     * @param checkpointIndex the Raft index of its newest checkpoint
     * @param hasNews whether anything was applied after it
     * @param appendedBytes bytes appended to its log since the start
     */
    record Load(int shard, long checkpointIndex, boolean hasNews, long appendedBytes) {}

    /**
     * What is to be done now.
     *
     * @param due shards to checkpoint, the most urgent first
     * @param moveOn shards that must move on
     */
    record Plan(List<Integer> due, List<Integer> moveOn) {}

    Plan plan(List<Load> loads, WalUsage usage, long nowNanos) {
        List<Integer> due = new ArrayList<>();
        List<Integer> moveOn = new ArrayList<>();
        Set<Integer> pinning = usage.fraction() >= PRESSED ? usage.pinningShards() : Set.of();
        for (Load load : loads) {
            Last last = remember(load, nowNanos);
            boolean full = load.appendedBytes() - last.appendedBytes >= bytes;
            boolean late = nowNanos - last.nanos >= intervalNanos;
            boolean pins = pinning.contains(load.shard());
            if (load.hasNews() && (full || late || pins)) {
                if (!last.tried || nowNanos - last.triedNanos >= RETRY_NANOS) {
                    last.tried = true;
                    last.triedNanos = nowNanos;
                    due.add(load.shard());
                }
            } else if (pins && !load.hasNews()) {
                moveOn.add(load.shard());
            }
        }
        due.sort(Comparator.comparing(shard -> !pinning.contains(shard)));
        return new Plan(due, moveOn);
    }

    private Last remember(Load load, long nowNanos) {
        Last last = lasts.get(load.shard());
        if (last == null) {
            last = new Last(load.checkpointIndex(), 0, nowNanos);
        } else if (last.checkpointIndex != load.checkpointIndex()) {
            last = new Last(load.checkpointIndex(), load.appendedBytes(), nowNanos);
        }
        lasts.put(load.shard(), last);
        return last;
    }

    /** Why a shard takes no writes; empty if it does. */
    static String refusal(int shard, WalUsage usage, String spaceProblem) {
        if (!spaceProblem.isEmpty()) {
            return "the write-ahead log cannot grow: " + spaceProblem;
        }
        boolean refused =
                usage.fraction() >= ALL_REFUSED
                        || usage.fraction() >= REFUSED && usage.pinningShards().contains(shard);
        return refused
                ? String.format(
                        "the write-ahead log holds %d of %d bytes; the oldest of it is kept for"
                                + " shards %s",
                        usage.usedBytes(), usage.capBytes(), usage.pinningShards())
                : "";
    }
}
