package io.millrace.cli.subscribe;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells whether a group, all its members together, has done what its topics held at one moment. Not
 * thread-safe.
 */
final class GroupEnd {
    private static final Duration PERIOD = Duration.ofMillis(300);

    private final Admin admin;
    private final String group;
    private final Map<TopicPartition, Long> open;
    private final LongSupplier nanoTime;
    private long askedAt;

    private GroupEnd(
            final Admin admin,
            final String group,
            final Map<TopicPartition, Long> open,
            final LongSupplier nanoTime) {
        this.admin = admin;
        this.group = group;
        this.open = open;
        this.nanoTime = nanoTime;
        this.askedAt = nanoTime.getAsLong() - PERIOD.toNanos();
    }

    /** The end that these topics have now; sees every record acknowledged before the call. */
    static GroupEnd of(
            final Admin admin,
            final String group,
            final Collection<String> topics,
            final LongSupplier nanoTime) {
        final Map<TopicPartition, Long> open = new HashMap<>();
        for (final String topic : topics) {
            // The ends first: what is appended in between is beyond them.
            final List<FoundOffset> ends = admin.findOffsets(topic, List.of(), Position.latest());
            final Map<Integer, Long> starts = new HashMap<>();
            admin.findOffsets(topic, List.of(), Position.earliest())
                    .forEach(it -> starts.put(it.partition(), it.offset()));
            for (final FoundOffset end : ends) {
                if (starts.getOrDefault(end.partition(), 0L) < end.offset()) {
                    open.put(new TopicPartition(topic, end.partition()), end.offset());
                }
            }
        }
        return new GroupEnd(admin, group, open, nanoTime);
    }

    /** Whether everything is done; asks the group at most three times a second. */
    boolean isReached() {
        final long now = nanoTime.getAsLong();
        if (!open.isEmpty() && now - askedAt >= PERIOD.toNanos()) {
            askedAt = now;
            look();
        }
        return open.isEmpty();
    }

    /** In queue mode records that were redriven are open although all others up to it are done. */
    private static boolean isDone(final GroupPartition it, final long end) {
        final boolean grown = it.logEndOffset() == null || it.logEndOffset() > end;
        final boolean nothingOpen = it.lagRecords() == null || it.lagRecords() == 0;
        return it.committedOffset() != null
                && it.committedOffset() >= end
                && (grown || nothingOpen);
    }

    private void look() {
        try {
            for (final GroupPartition it : admin.groups().describe(group).partitions()) {
                final TopicPartition partition = new TopicPartition(it.topic(), it.partition());
                final Long end = open.get(partition);
                if (end != null && isDone(it, end)) {
                    open.remove(partition);
                }
            }
        } catch (final MillraceException e) {
            // It is made when the first member joins.
            if (e.code() != ErrorCode.UNKNOWN_GROUP) {
                throw e;
            }
        }
    }
}
