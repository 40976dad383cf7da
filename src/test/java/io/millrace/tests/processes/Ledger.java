package io.millrace.tests.processes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was published and what was said of it, to be compared with what comes back. Thread-safe; the
 * records of one key are entered in the order in which they are published.
 */
public final class Ledger {

    private static final int NAMED_PROBLEMS = 20;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();

    /** A record is about to be published. Its value is unlike all others. */
    public void sent(String key, String value) {
        if (entries.put(value, new Entry(key, clock.incrementAndGet())) != null) {
            throw new IllegalArgumentException("the value " + value + " was sent before");
        }
    }

    /** A record was acknowledged. */
    public void acknowledged(String value, int partition, long offset) {
        Entry entry = entries.get(value);
        entry.place = new Place(partition, offset);
        entry.fate = Fate.ACKNOWLEDGED;
        acknowledged.incrementAndGet();
        answered.incrementAndGet();
    }

    /** A record was refused: it was not stored, and never will be. */
    public void refused(String value) {
        entries.get(value).fate = Fate.REFUSED;
        answered.incrementAndGet();
    }

    /** Publishing a record failed, and nothing is known of it. */
    public void unknown(String value) {
        entries.get(value).fate = Fate.UNKNOWN;
        answered.incrementAndGet();
    }

    /** How many records were sent. */
    public long sentCount() {
        return clock.get();
    }

    /** How many records were acknowledged. */
    public long acknowledgedCount() {
        return acknowledged.get();
    }

    /** How many records have no answer yet. */
    public long inFlight() {
        return clock.get() - answered.get();
    }

    /**
     * Compares with all that is stored.
     *
     * @param stored everything, in the order of each partition
     * @return what is wrong, a line each, with a line that counts the rest when there is much;
     *     empty if all is well
     */
    public List<String> problems(List<Stored> stored) {
        Problems problems = new Problems();
        Set<String> seen = new HashSet<>();
        Map<String, Long> lastOfKey = new HashMap<>();
        Map<Integer, Long> nextOffset = new HashMap<>();
        for (Stored record : stored) {
            Entry entry = entries.get(record.value());
            Long expected = nextOffset.put(record.partition(), record.offset() + 1);
            if (expected != null && expected != record.offset()) {
                problems.add("hole: %s follows offset %d", record, expected - 1);
            }
            if (entry == null) {
                problems.add("invented: %s was never sent", record);
            } else if (!seen.add(record.value())) {
                problems.add("doubled: %s is there before", record);
            } else {
                compare(entry, record, lastOfKey, problems);
            }
        }
        entries.forEach(
                (value, entry) -> {
                    if (entry.fate == Fate.ACKNOWLEDGED && !seen.contains(value)) {
                        problems.add("lost: %s was acknowledged at %s", value, entry.place);
                    }
                });
        return problems.list();
    }

    private static void compare(
            Entry entry, Stored record, Map<String, Long> lastOfKey, Problems problems) {
        if (!entry.key.equals(record.key())) {
            problems.add("mixed up: %s was sent with the key %s", record, entry.key);
        }
        Long last = lastOfKey.put(entry.key, entry.sentAt);
        if (last != null && last > entry.sentAt) {
            problems.add("out of order: %s was sent before the one in front of it", record);
        }
        if (entry.fate == Fate.REFUSED) {
            problems.add("stored though refused: %s", record);
        }
        if (entry.place != null
                && !entry.place.equals(new Place(record.partition(), record.offset()))) {
            problems.add("elsewhere: %s was acknowledged at %s", record, entry.place);
        }
    }

    /**
     * A record as it came back.
     *
     * @param partition its partition
     * @param offset its offset
     * @param key its key
     * @param value its value
     */
    public record Stored(int partition, long offset, String key, String value) {}

    private record Place(int partition, long offset) {}

    private enum Fate {
        IN_FLIGHT,
        ACKNOWLEDGED,
        REFUSED,
        UNKNOWN
    }

    /**
     * One record; its fate is written by the thread that answers, and read by that which judges.
     */
    private static final class Entry {
        private final String key;
        private final long sentAt;
        private volatile Place place;
        private volatile Fate fate = Fate.IN_FLIGHT;

        Entry(String key, long sentAt) {
            this.key = key;
            this.sentAt = sentAt;
        }
    }

    private static final class Problems {
        private final List<String> named = new ArrayList<>();
        private int more;

        void add(String format, Object... arguments) {
            if (named.size() < NAMED_PROBLEMS) {
                named.add(format.formatted(arguments));
            } else {
                more++;
            }
        }

        List<String> list() {
            if (more > 0) {
                named.add("and " + more + " more");
            }
            return named;
        }
    }
}
