package io.millrace.raft.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the network keeps about Raft groups. Thread-safe. */
final class PeerGroups {

    private final Map<String, AtomicInteger> readers = new ConcurrentHashMap<>();
    private final Map<String, OvertakingHeartbeats> overtaking = new ConcurrentHashMap<>();

    /** A read index is asked for: until {@link #readEnded}, heartbeats do not wait. */
    void readBegun(String group) {
        readers.computeIfAbsent(group, key -> new AtomicInteger()).incrementAndGet();
    }

    void readEnded(String group) {
        readers.computeIfAbsent(group, key -> new AtomicInteger()).decrementAndGet();
    }

    boolean isRead(String group) {
        AtomicInteger count = readers.get(group);
        return count != null && count.get() > 0;
    }

    /** Of a group with a replica here. */
    OvertakingHeartbeats overtaking(String group) {
        return overtaking.computeIfAbsent(group, key -> new OvertakingHeartbeats());
    }
}
