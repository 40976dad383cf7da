package io.millrace.cli.subscribe;

import io.millrace.cli.CommandException;
import io.millrace.client.group.CommitPosition;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.error.MillraceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Prints what a member of a group is given. Only what stdout has taken is committed: the subscriber
 * takes what a poll gave for done when the next poll begins, and before that it is flushed here.
 * Used by one thread; {@link #stop} by any.
 */
final class GroupFollower implements Follower {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final int BUFFER_BYTES = 256 << 10;

    private final GroupSubscriber subscriber;
    private final RecordPrinter printer;
    private final OutputStream out;
    private final BooleanSupplier atEnd;
    private final Map<TopicPartition, CommitPosition> taken = new HashMap<>();
    private long left;
    private volatile boolean stopped;

    /**
     * @param limit how many records to print at most
     * @param atEnd asked when no record comes: whether there is nothing more to do
     */
    GroupFollower(
            final GroupSubscriber subscriber,
            final RecordPrinter printer,
            final OutputStream out,
            final long limit,
            final BooleanSupplier atEnd) {
        this.subscriber = subscriber;
        this.printer = printer;
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.left = limit;
        this.atEnd = atEnd;
    }

    @Override
    public void run() throws IOException {
        try {
            boolean done = false;
            while (!done && !isEnough()) {
                taken.clear();
                final List<ReceivedRecord> records = subscriber.poll(WAIT);
                for (int i = 0; i < records.size() && !isEnough(); i++) {
                    take(records.get(i));
                }
                out.flush();
                done = records.isEmpty() && atEnd.getAsBoolean();
            }
        } finally {
            // Also on failure: what was read before is the user's.
            out.flush();
        }
        commit();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    private boolean isEnough() {
        return stopped || left == 0;
    }

    private void take(final ReceivedRecord record) throws IOException {
        printer.print(record, out);
        taken.put(record.topicPartition(), CommitPosition.of(record.offset() + 1));
        left--;
    }

    /** What the last poll gave, as far as it was printed. */
    private void commit() {
        taken.keySet().retainAll(subscriber.assignment());
        if (taken.isEmpty()) {
            return;
        }
        try {
            subscriber.commit(taken);
        } catch (final MillraceException e) {
            throw new CommandException(
                    "the last records were printed but not committed, and will be given again: "
                            + e.getMessage(),
                    e);
        }
    }
}
