package io.millrace.broker.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The newest stream of each member, by the member's own count. A join may lie in a connection while
 * the member gives up waiting for it and joins by another one: when it comes at last it is not to
 * take the place of what came after it. Used on the coordinator's lane.
 */
final class Attempts {

    private final Map<String, Long> newest = new HashMap<>();

    /**
     * Takes note of a stream.
     *
     * @param attempt to be compared as unsigned; 0: the member does not count
     * @return false: a later one of the member has come before
     */
    boolean isNewest(String memberId, long attempt) {
        if (attempt == 0) {
            return true;
        }
        long known =
                newest.merge(
                        memberId,
                        attempt,
                        (one, other) -> Long.compareUnsigned(one, other) > 0 ? one : other);
        return known == attempt;
    }

    /** Forgets all others. */
    void keep(Set<String> memberIds) {
        if (newest.size() > memberIds.size()) {
            newest.keySet().retainAll(memberIds);
        }
    }
}
