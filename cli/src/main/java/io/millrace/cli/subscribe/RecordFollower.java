package io.millrace.cli.subscribe;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints what a subscriber gives until enough is printed, the ends are reached, or somebody stops
 * it. What was given is written before it waits for more. Used by one thread; {@link #stop} by any.
 */
final class RecordFollower implements Follower {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int BUFFER_BYTES = 256 << 10;

    private final Subscriber subscriber;
    private final RecordPrinter printer;
    private final OutputStream out;
    private final Map<TopicPartition, Long> ends;
    private final boolean endless;
    private long left;
    private volatile boolean stopped;

    /**
     * @param limit how many records to print at most
     * @param ends where to stop in each partition (exclusive); empty: nowhere
     */
    RecordFollower(
            final Subscriber subscriber,
            final RecordPrinter printer,
            final OutputStream out,
            final long limit,
            final Map<TopicPartition, Long> ends) {
        this.subscriber = subscriber;
        this.printer = printer;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.left = limit;
        this.ends = new HashMap<>(ends);
        this.endless = ends.isEmpty();
    }

    @Override
    public void run() throws IOException {
        try {
            while (!isDone()) {
                final List<ReceivedRecord> records = subscriber.poll(WAIT);
                for (int i = 0; i < records.size() && !isDone(); i++) {
                    take(records.get(i));
                }
                out.flush();
                if (records.isEmpty()) {
                    dropReachedEnds();
                }
            }
        } finally {
            // Also on failure: what was read before is the user's.
            out.flush();
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    private boolean isDone() {
        return stopped || left == 0 || !endless && ends.isEmpty();
    }

    private void take(final ReceivedRecord record) throws IOException {
        if (!endless) {
            final Long end = ends.get(record.topicPartition());
            if (end == null || record.offset() >= end) {
                ends.remove(record.topicPartition());
                return;
            }
            if (record.offset() == end - 1) {
                ends.remove(record.topicPartition());
            }
        }
        printer.print(record, out);
        left--;
    }

    /** A gap may have led past an end without a record. */
    private void dropReachedEnds() {
        if (!endless) {
            final Map<TopicPartition, Long> positions = subscriber.positions();
            ends.entrySet()
                    .removeIf(it -> positions.getOrDefault(it.getKey(), 0L) >= it.getValue());
        }
    }
}
