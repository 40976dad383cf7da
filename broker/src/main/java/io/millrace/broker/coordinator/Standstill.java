package io.millrace.broker.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** For how long numbers have not changed. Used by one thread at a time. */
final class Standstill<K> {

    private static final long NANOS_PER_MS = 1_000_000;

    private record Seen(long value, long sinceNanos) {}

    private final Map<K, Seen> seen = new HashMap<>();

    /** A number is this now. */
    void note(K key, long value, long nanoTime) {
        Seen before = seen.get(key);
        if (before == null || before.value() != value) {
            seen.put(key, new Seen(value, nanoTime));
        }
    }

    /** Forgets numbers that are of no interest any more. */
    void forget(Predicate<K> which) {
        seen.keySet().removeIf(which);
    }

    /** For how many milliseconds a number has been what it is; 0 for one never seen. */
    long stillMs(K key, long nanoTime) {
        Seen last = seen.get(key);
        return last == null ? 0 : Math.max(0, (nanoTime - last.sinceNanos()) / NANOS_PER_MS);
    }

    int size() {
        return seen.size();
    }
}
