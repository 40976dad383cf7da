package io.millrace.raft.transport;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Lets a log line through once in a while per subject: peers repeat their mistakes. */
final class LogLimit {

    private static final long EVERY_NANOS = 10_000_000_000L;
    private static final int SUBJECTS = 256;

    private final LongSupplier nanoTime;
    private final Map<String, Long> said =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > SUBJECTS;
                }
            };

    LogLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether to say something about this now. */
    synchronized boolean allows(String subject) {
        long now = nanoTime.getAsLong();
        Long last = said.get(subject);
        if (last != null && now - last < EVERY_NANOS) {
            return false;
        }
        said.remove(subject);
        said.put(subject, now);
        return true;
    }
}
