package io.millrace.client.subscribe;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Records of partitions that come and go, with one bound on what is read ahead. Internal: this is
 * what group subscribers read through. Nothing blocks. {@link #take} is for one thread at a time,
 * everything else is thread-safe.
 */
public final class PartitionFeed implements AutoCloseable {
    private static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** What to begin to read. */
    public record Start(TopicPartition partition, long topicId, Position from) {}

    /**
     * How far a partition is.
     *
     * @param position the offset of the next record to be given
     * @param filtered how many records the filter has passed over before that
     * @param waits whether records of it can be taken
     */
    public record Progress(long position, long filtered, boolean waits) {}

    private final Cluster cluster;
    private final Following following;
    private final Map<TopicPartition, Cursor> cursors = new TreeMap<>();
    private final List<Cursor> inTurn = new ArrayList<>();
    private final Poller poller;
    private int lastHandle;

    private PartitionFeed(Cluster cluster, SubscriberOptions options, Runnable onNews) {
        this.cluster = cluster;
        this.following =
                Following.changing(cluster, options, onNews, System::nanoTime, cluster.newRandom());
        this.poller = new Poller(options, following, inTurn);
    }

    /**
     * A feed without partitions.
     *
     * @param onNews is called whenever there may be something to take, on network threads and under
     *     a lock: it must only signal
     */
    public static PartitionFeed open(Cluster cluster, FeedOptions options, Runnable onNews) {
        cluster.watch();
        return new PartitionFeed(
                cluster,
                new SubscriberOptions(
                        Set.of(),
                        Map.of(),
                        Position.earliest(),
                        options.gapPolicy(),
                        options.onGap(),
                        options.maxPollRecords(),
                        options.prefetchRecords(),
                        options.prefetchBytes(),
                        0,
                        null,
                        ReadFrom.LEADER,
                        options.filter(),
                        SPREAD_NANOS),
                onNews);
    }

    /**
     * Whether the cluster map tells where to read this partition; asks for a newer map if it does
     * not.
     */
    public boolean knows(TopicPartition partition, long topicId) {
        boolean known = route(partition, topicId) != null;
        if (!known) {
            cluster.refresh();
        }
        return known;
    }

    /**
     * Begins to read partitions, each of which is known and not read at the moment. Those that are
     * read already are not disturbed.
     */
    public void add(Collection<Start> starts) {
        synchronized (following) {
            List<Cursor> more = new ArrayList<>();
            for (Start start : starts) {
                TopicPartition partition = start.partition();
                TopicRoute route = route(partition, start.topicId());
                Objects.requireNonNull(route, "route");
                Cursor cursor =
                        new Cursor(
                                ++lastHandle,
                                partition,
                                start.topicId(),
                                route.shards().get(partition.partition()),
                                start.from());
                cursors.put(partition, cursor);
                more.add(cursor);
            }
            inTurn.addAll(more);
            following.add(more);
        }
    }

    /** Reads a partition no more. Once this has returned, {@link #take} gives nothing of it. */
    public void remove(TopicPartition partition) {
        synchronized (following) {
            Cursor cursor = cursors.remove(partition);
            if (cursor != null) {
                inTurn.remove(cursor);
                following.remove(cursor);
            }
        }
    }

    /** Gives nothing of a partition, or gives again; nothing happens if it is not read. */
    public void setPaused(TopicPartition partition, boolean paused) {
        synchronized (following) {
            Cursor cursor = cursors.get(partition);
            if (cursor == null) {
                return;
            }
            if (paused) {
                following.pause(cursor);
            } else {
                following.resume(cursor);
            }
        }
    }

    /** How far each partition is whose place is known. */
    public Map<TopicPartition, Progress> progress() {
        Map<TopicPartition, Progress> all = new TreeMap<>();
        synchronized (following) {
            cursors.forEach(
                    (partition, cursor) -> {
                        if (cursor.nextGiven() != Cursor.UNKNOWN) {
                            all.put(
                                    partition,
                                    new Progress(
                                            cursor.nextGiven(),
                                            cursor.filtered(),
                                            cursor.hasRecordsWaiting()));
                        }
                    });
        }
        return all;
    }

    /**
     * What has come, without waiting.
     *
     * @return empty if nothing has
     * @throws io.millrace.protocol.error.MillraceException why it cannot go on
     */
    public List<ReceivedRecord> take() {
        return poller.poll(Duration.ZERO);
    }

    @Override
    public void close() {
        following.close();
    }

    private TopicRoute route(TopicPartition partition, long topicId) {
        return cluster.view()
                .topic(partition.topic())
                .filter(it -> it.topicId() == topicId)
                .filter(it -> it.partitionCount() > partition.partition())
                .orElse(null);
    }
}
