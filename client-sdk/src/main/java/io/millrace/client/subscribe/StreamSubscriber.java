package io.millrace.client.subscribe;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicDirectory;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** {@link Subscriber} over subscribe streams. */
final class StreamSubscriber implements Subscriber {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Duration IDLE_POLL = Duration.ofMinutes(1);

    private final Following following;
    private final Map<TopicPartition, Cursor> cursors;
    private final AtomicBoolean streaming = new AtomicBoolean();
    private final Poller poller;

    private StreamSubscriber(
            SubscriberOptions options, Following following, Map<TopicPartition, Cursor> cursors) {
        this.following = following;
        this.cursors = cursors;
        this.poller = new Poller(options, following, List.copyOf(cursors.values()));
    }

    static Subscriber open(Cluster cluster, SubscriberOptions options) {
        Map<TopicPartition, Cursor> cursors = new TreeMap<>();
        TopicDirectory topics = new TopicDirectory(cluster);
        long deadline = System.nanoTime() + options.openTimeoutNanos();
        for (String topic : options.wholeTopics()) {
            TopicRoute route = topics.find(topic, 1, deadline - System.nanoTime());
            for (int p = 0; p < route.partitionCount(); p++) {
                add(cursors, new TopicPartition(topic, p), route, options);
            }
        }
        for (TopicPartition partition : options.partitions().keySet()) {
            TopicRoute route =
                    topics.find(
                            partition.topic(),
                            partition.partition() + 1,
                            deadline - System.nanoTime());
            add(cursors, partition, route, options);
        }
        Following following =
                new Following(
                        cluster,
                        options,
                        new ArrayList<>(cursors.values()),
                        System::nanoTime,
                        new Random());
        following.assign();
        return new StreamSubscriber(options, following, cursors);
    }

    private static void add(
            Map<TopicPartition, Cursor> cursors,
            TopicPartition partition,
            TopicRoute route,
            SubscriberOptions options) {
        Position own = options.partitions().get(partition);
        cursors.computeIfAbsent(
                partition,
                p ->
                        new Cursor(
                                cursors.size() + 1,
                                p,
                                route.topicId(),
                                route.shards().get(p.partition()),
                                own == null ? options.from() : own));
    }

    @Override
    public List<ReceivedRecord> poll(Duration timeout) {
        return poller.poll(timeout);
    }

    @Override
    public Iterator<ReceivedRecord> iterator() {
        return new RecordIterator(this, this::isClosed, IDLE_POLL);
    }

    @Override
    public CompletableFuture<Void> forEachAsync(Consumer<? super ReceivedRecord> handler) {
        claimStreaming();
        CompletableFuture<Void> end = new CompletableFuture<>();
        thread(
                        () -> {
                            try {
                                iterator().forEachRemaining(handler);
                                end.complete(null);
                            } catch (Throwable e) {
                                end.completeExceptionally(e);
                            }
                        })
                .start();
        return end;
    }

    @Override
    public Flow.Publisher<ReceivedRecord> asFlow() {
        claimStreaming();
        return new RecordFlow(iterator(), StreamSubscriber::thread);
    }

    @Override
    public Set<TopicPartition> partitions() {
        return Set.copyOf(cursors.keySet());
    }

    @Override
    public Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new TreeMap<>();
        synchronized (following) {
            for (Cursor cursor : cursors.values()) {
                if (cursor.nextGiven() != Cursor.UNKNOWN) {
                    positions.put(cursor.partition(), cursor.nextGiven());
                }
            }
        }
        return positions;
    }

    @Override
    public Map<TopicPartition, LogRange> ranges() {
        Map<TopicPartition, LogRange> ranges = new TreeMap<>();
        synchronized (following) {
            for (Cursor cursor : cursors.values()) {
                if (cursor.range() != null) {
                    ranges.put(cursor.partition(), cursor.range());
                }
            }
        }
        return ranges;
    }

    @Override
    public void seek(TopicPartition partition, Position position) {
        Cursor cursor = cursor(partition);
        synchronized (following) {
            following.seek(cursor, position);
        }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        List<Cursor> all = partitions.stream().map(this::cursor).toList();
        synchronized (following) {
            all.forEach(following::pause);
        }
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        List<Cursor> all = partitions.stream().map(this::cursor).toList();
        synchronized (following) {
            all.forEach(following::resume);
        }
    }

    @Override
    public void close() {
        following.close();
    }

    private boolean isClosed() {
        synchronized (following) {
            return following.isClosed();
        }
    }

    private Cursor cursor(TopicPartition partition) {
        Cursor cursor = cursors.get(partition);
        if (cursor == null) {
            throw new IllegalArgumentException(partition + " is not followed by this subscriber");
        }
        return cursor;
    }

    private void claimStreaming() {
        if (!streaming.compareAndSet(false, true)) {
            throw new IllegalStateException("forEachAsync or asFlow was called before");
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "millrace-subscriber-" + NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
