package io.millrace.broker.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * For how long owners have been taking to give partitions up: in the memory of the coordinator
 * alone. A new coordinator makes a new one, so that everybody has the whole time again. Used by one
 * thread at a time.
 */
public final class RevocationClock {

    private static final long NANOS_PER_MS = 1_000_000;

    private final TickedTime time;
    private final Map<AssignedPartition, Long> since = new HashMap<>();
    private GroupState group;

    /** Everybody who is to give something up has the whole time from now on. */
    public RevocationClock(TickedTime time, GroupState group) {
        this.time = time;
        keep(group);
    }

    /** The group is this now: what was given up is forgotten, what is to be begins to count. */
    public void keep(GroupState changed) {
        if (group == null || group.owners() != changed.owners()) {
            Map<AssignedPartition, Long> before = Map.copyOf(since);
            since.clear();
            changed.owners()
                    .forEach(
                            (partition, owner) -> {
                                if (owner.isRevoking()) {
                                    AssignedPartition one =
                                            new AssignedPartition(
                                                    partition, owner.assignmentEpoch());
                                    since.put(one, before.getOrDefault(one, time.passedNanos()));
                                }
                            });
        }
        group = changed;
    }

    /**
     * What owners have been told to give up for too long, in the order of topic and number, to be
     * proposed as {@link GroupCommand.ForceRelease}. It is named until it was given up.
     */
    public List<AssignedPartition> overdue() {
        List<AssignedPartition> overdue = new ArrayList<>();
        for (AssignedPartition one : since.keySet()) {
            if (remainingMs(one) == 0) {
                overdue.add(one);
            }
        }
        overdue.sort(Comparator.comparing(AssignedPartition::partition));
        return overdue;
    }

    /**
     * For how long an owner may still take to give a partition up, in milliseconds; the whole time
     * for what is not to be given up.
     */
    public long remainingMs(AssignedPartition partition) {
        return Math.max(0, group.config().revocationTimeoutMs() - waitingMs(partition));
    }

    /**
     * How long an owner has been taking so far, in milliseconds; 0 for what is not to be given up.
     */
    public long waitingMs(AssignedPartition partition) {
        Long told = since.get(partition);
        return told == null ? 0 : (time.passedNanos() - told) / NANOS_PER_MS;
    }
}
