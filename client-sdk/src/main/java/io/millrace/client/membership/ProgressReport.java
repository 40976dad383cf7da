package io.millrace.client.membership;

import io.millrace.v1.AssignedPartition;
import io.millrace.v1.MemberProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one coordinator has been told of the member's progress: only what has changed is told again,
 * and not more at a time than a heartbeat should carry. What has waited longest goes first. Pure;
 * guarded by its owner's lock.
 */
final class ProgressReport {
    /** With the longest names about a third of a MiB. */
    static final int MAX_AT_ONCE = 1_000;

    /** In the order in which they were told. */
    private final Map<AssignedPartition, MemberProgress> told = new LinkedHashMap<>();

    /** What to tell now, of all partitions as they stand. */
    List<MemberProgress> next(List<MemberProgress> all) {
        Map<AssignedPartition, MemberProgress> present = new LinkedHashMap<>();
        all.forEach(it -> present.put(it.getPartition(), it));
        told.keySet().retainAll(present.keySet());
        List<MemberProgress> next = new ArrayList<>();
        for (MemberProgress progress : all) {
            if (next.size() < MAX_AT_ONCE && !told.containsKey(progress.getPartition())) {
                next.add(progress);
            }
        }
        for (Map.Entry<AssignedPartition, MemberProgress> before : told.entrySet()) {
            MemberProgress now = present.get(before.getKey());
            if (next.size() < MAX_AT_ONCE && !now.equals(before.getValue())) {
                next.add(now);
            }
        }
        for (MemberProgress progress : next) {
            told.remove(progress.getPartition());
            told.put(progress.getPartition(), progress);
        }
        return next;
    }
}
