package io.millrace.raft.jraft;

import io.millrace.raft.wal.WalUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides when which shard is checkpointed, and which refuse writes because the journal fills up.
 * Decides only: time and facts are handed in. One thread.
 *
 * <p>A shard's log is kept back to the checkpoint before the last, so a shard that has nothing new
 * frees nothing by another checkpoint. If such a shard pins a journal under pressure, or has
 * dropped what its last two checkpoints still name, it is moved on: an entry of its own makes the
 * next checkpoint worth taking.
 */
final class CheckpointSchedule {

    /** Above this share of the journal the shards that pin it come first. */
    static final double PRESSED = 0.5;

    /** Above this share the pinning shards take no writes. */
    static final double REFUSED = 0.8;

    /** How soon a checkpoint follows another if the shard wants it, to free disk space. */
    static final long WANTED_NANOS = 10_000_000_000L;

    /** How long a checkpoint that did not come about is left alone. */
    static final long RETRY_NANOS = 10_000_000_000L;

    private final long bytes;
    private final long intervalNanos;
    private final Map<Integer, Last> lasts = new HashMap<>();

    /**
     * @param bytes in a shard's log after which it is due; fewer if there are so many shards that
     *     the journal would be under pressure by then, which keeps up to twice as many of each
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
     * @param wanted whether the shard wants checkpoints soon
     */
    record Load(
            int shard, long checkpointIndex, boolean hasNews, long appendedBytes, boolean wanted) {}

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
        Set<Integer> pinning = pinnedAbove(PRESSED, usage) ? pinning(usage) : Set.of();
        lasts.keySet().retainAll(loads.stream().map(Load::shard).toList());
        long share = usage.capBytes() / (5L * Math.max(1, loads.size()));
        for (Load load : loads) {
            Last last = remember(load, nowNanos);
            boolean full = load.appendedBytes() - last.appendedBytes >= Math.min(bytes, share);
            boolean late = nowNanos - last.nanos >= intervalNanos;
            boolean pins = pinning.contains(load.shard());
            boolean wanted = load.wanted() && nowNanos - last.nanos >= WANTED_NANOS;
            if (load.hasNews() && (full || late || pins || wanted)) {
                if (!last.tried || nowNanos - last.triedNanos >= RETRY_NANOS) {
                    last.tried = true;
                    last.triedNanos = nowNanos;
                    due.add(load.shard());
                }
            } else if ((pins || wanted) && !load.hasNews()) {
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

    /**
     * Why a shard takes no writes; empty if it does.
     *
     * @param reserveBytes what may still be written after all shards refuse: if that did not fit,
     *     the journal would have to give a replica up
     */
    static String refusal(int shard, WalUsage usage, String spaceProblem, long reserveBytes) {
        if (!spaceProblem.isEmpty()) {
            return "the write-ahead log cannot grow: " + spaceProblem;
        }
        boolean refused =
                isFull(usage, reserveBytes)
                        || pinnedAbove(REFUSED, usage) && pinning(usage).contains(shard);
        return refused
                ? String.format(
                        "the write-ahead log must keep %d of %d bytes, for shards %s",
                        pinned(usage), usage.capBytes(), pinning(usage))
                : "";
    }

    /** Whether nobody may write any more. */
    static boolean isFull(WalUsage usage, long reserveBytes) {
        return pinned(usage) + reserveBytes >= usage.capBytes();
    }

    /** Whether no shard needs more of the journal. */
    static boolean pins(int shard, WalUsage usage) {
        return pinning(usage).contains(shard);
    }

    private static boolean pinnedAbove(double share, WalUsage usage) {
        return pinned(usage) >= share * usage.capBytes();
    }

    /**
     * What no recycling can free: not all that is used, since segments are recycled with a delay.
     */
    private static long pinned(WalUsage usage) {
        return usage.pinnedBytes().values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** The shards that need the most of it. */
    private static Set<Integer> pinning(WalUsage usage) {
        long most = pinned(usage);
        Set<Integer> pinning = new TreeSet<>();
        usage.pinnedBytes()
                .forEach(
                        (shard, bytes) -> {
                            if (bytes == most) {
                                pinning.add(shard);
                            }
                        });
        return pinning;
    }
}
