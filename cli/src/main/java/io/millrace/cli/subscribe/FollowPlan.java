package io.millrace.cli.subscribe;

import io.millrace.cli.CommandException;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.read.Consistency;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds where to stop, so that following ends at what was acknowledged before it began. */
final class FollowPlan {
    private FollowPlan() {}

    /**
     * The ends of those partitions that hold anything between the start and the end.
     *
     * @param partitions those to look at; empty: all
     * @param asked what the ends are to have seen; null: every acknowledged record
     */
    static Map<TopicPartition, Long> ends(
            final Admin admin,
            final String topic,
            final Collection<Integer> partitions,
            final Position from,
            final Consistency asked) {
        final Consistency consistency = asked == null ? Consistency.linearizable() : asked;
        // The ends first: what is appended in between is beyond them.
        final List<FoundOffset> ends =
                admin.findOffsets(topic, partitions, Position.latest(), consistency);
        final Map<TopicPartition, Long> open = new HashMap<>();
        final Map<Integer, Long> starts = starts(admin, topic, partitions, from, consistency);
        for (final FoundOffset end : ends) {
            final long start = start(from, starts, end);
            if (start < end.offset()) {
                open.put(new TopicPartition(topic, end.partition()), end.offset());
            }
        }
        return open;
    }

    private static Map<Integer, Long> starts(
            final Admin admin,
            final String topic,
            final Collection<Integer> partitions,
            final Position from,
            final Consistency consistency) {
        final Map<Integer, Long> starts = new HashMap<>();
        if (from == Position.earliest() || from instanceof Position.AtTime) {
            admin.findOffsets(topic, partitions, from, consistency)
                    .forEach(it -> starts.put(it.partition(), it.offset()));
        }
        return starts;
    }

    private static long start(
            final Position from, final Map<Integer, Long> starts, final FoundOffset end) {
        if (from instanceof Position.AtOffset at) {
            if (at.offset() > end.offset()) {
                throw new CommandException(
                        "offset "
                                + at.offset()
                                + " lies beyond the end of partition "
                                + end.partition()
                                + ", which is "
                                + end.offset()
                                + "; start there or before");
            }
            return at.offset();
        }
        return starts.getOrDefault(end.partition(), end.offset());
    }
}
