package io.millrace.client.subscribe;

import java.util.Collection;

/**
 * How much each stream may read ahead. Pure; guarded by its owner's lock.
 *
 * <p>Credit that a broker has been given cannot be taken back. So where partitions come and go, a
 * stream gets half of what the others have left, and a little in any case: there is always some for
 * the next one.
 */
final class ReadAhead {
    private static final int LEAST_SHARE = 16;

    /** What one stream may read ahead. */
    record Window(long records, long bytes) {}

    private final Window bound;
    private final boolean shared;

    private ReadAhead(SubscriberOptions options, boolean shared) {
        this.bound = new Window(options.prefetchRecords(), options.prefetchBytes());
        this.shared = shared;
    }

    /** Each stream has all of it. */
    static ReadAhead forEach(SubscriberOptions options) {
        return new ReadAhead(options, false);
    }

    /** All streams share it; from the fifth on each may have a sixteenth more. */
    static ReadAhead forAll(SubscriberOptions options) {
        return new ReadAhead(options, true);
    }

    /** What the next stream may have besides these. */
    Window next(Collection<SubscribeStream> streams) {
        if (!shared) {
            return bound;
        }
        long records = bound.records();
        long bytes = bound.bytes();
        for (SubscribeStream stream : streams) {
            records -= stream.window().records();
            bytes -= stream.window().bytes();
        }
        return new Window(part(records, bound.records()), part(bytes, bound.bytes()));
    }

    private static long part(long left, long all) {
        return Math.max(left / 2, (all + LEAST_SHARE - 1) / LEAST_SHARE);
    }
}
