package io.millrace.cli.subscribe;

import io.millrace.cli.CommandContext;
import io.millrace.client.MillraceClient;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.GroupSubscriberBuilder;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.client.queue.QueueReceiverBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One stay in a group, from the join until it leaves. Used once. */
final class MemberRun {
    private static final Duration FAREWELL = Duration.ofSeconds(4);
    private static final Duration COMMITS = Duration.ofMillis(500);

    private final CommandContext context;
    private final MillraceClient client;
    private final String group;
    private final TopicChoice topics;
    private final RecordPrinter printer;
    private final long limit;

    MemberRun(
            final CommandContext context,
            final MillraceClient client,
            final String group,
            final TopicChoice topics,
            final RecordPrinter printer,
            final long limit) {
        this.context = context;
        this.client = client;
        this.group = group;
        this.topics = topics;
        this.printer = printer;
        this.limit = limit;
    }

    /** How a member in stream mode reads. */
    interface Terms extends Consumer<GroupSubscriberBuilder> {}

    /**
     * Joins, prints, leaves.
     *
     * @param terms null: in queue mode
     * @param exitAtEnd whether to stop when the group has done what its topics hold now
     */
    void run(final Terms terms, final boolean exitAtEnd) throws IOException {
        final Set<String> existing = topics.existing(client.admin());
        BooleanSupplier atEnd = () -> false;
        if (exitAtEnd) {
            final GroupEnd end = GroupEnd.of(client.admin(), group, existing, context.nanoTime());
            if (end.isReached()) {
                return;
            }
            atEnd = end::isReached;
        }
        if (terms == null) {
            queue(atEnd);
        } else {
            stream(terms, atEnd);
        }
    }

    private void stream(final Terms terms, final BooleanSupplier atEnd) throws IOException {
        final GroupSubscriberBuilder builder =
                client.group(group)
                        .topics(topics.names().toArray(String[]::new))
                        .autoCommit(COMMITS)
                        .closeTimeout(FAREWELL);
        terms.accept(builder);
        final GroupSubscriber subscriber = builder.build();
        Interruptible.run(
                new GroupFollower(subscriber, printer, context.out(), limit, atEnd),
                subscriber::close);
    }

    private void queue(final BooleanSupplier atEnd) throws IOException {
        final QueueReceiverBuilder builder =
                client.queue(group)
                        .topics(topics.names().toArray(String[]::new))
                        .closeTimeout(FAREWELL);
        if (limit < Long.MAX_VALUE) {
            builder.maxRecords(1);
        }
        final QueueReceiver receiver = builder.build();
        final QueueFollower follower =
                new QueueFollower(receiver, printer, context.out(), limit, atEnd);
        Interruptible.run(follower, receiver::close);
        if (follower.expired() > 0) {
            context.err()
                    .println(
                            follower.expired()
                                    + " records were printed too late to be acknowledged; they are"
                                    + " delivered again");
        }
    }
}
