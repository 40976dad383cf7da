package io.millrace.client.subscribe;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicDirectory;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
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

    private final SubscriberOptions options;
    private final Following following;
    private final Map<TopicPartition, Cursor> cursors;
    private final AtomicBoolean streaming = new AtomicBoolean();
    private final List<Cursor> inTurn;
    private BatchReader reader;
    private int turn;

    /** A batch to read from, or a gap that is stepped over. */
    private record Next(BatchReader reader, Gap gap) {}

    private StreamSubscriber(
            SubscriberOptions options, Following following, Map<TopicPartition, Cursor> cursors) {
        this.options = options;
        this.following = following;
        this.cursors = cursors;
        this.inTurn = List.copyOf(cursors.values());
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
        long deadline = System.nanoTime() + timeout.toNanos();
        List<ReceivedRecord> records = new ArrayList<>();
        while (records.size() < options.maxPollRecords()) {
            Next next = records.isEmpty() ? await(deadline) : next(false);
            if (next == null) {
                break;
            }
            if (next.gap() != null) {
                options.onGap().accept(next.gap());
            } else {
                read(next.reader(), records);
            }
        }
        return records;
    }

    /** What comes next; null: nothing in time. */
    private Next await(long deadline) {
        synchronized (following) {
            while (!following.isClosed()) {
                Next next = next(true);
                long left = deadline - System.nanoTime();
                if (next != null || left <= 0) {
                    return next;
                }
                try {
                    following.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return null;
                }
            }
            return null;
        }
    }

    private Next next(boolean mayFail) {
        synchronized (following) {
            if (reader != null && reader.isCurrent() && reader.hasNext()) {
                return new Next(reader, null);
            }
            reader = null;
            Cursor cursor = nextCursor();
            if (cursor != null) {
                return take(cursor, mayFail);
            }
            if (mayFail && following.failure() != null) {
                throw following.failure();
            }
            return null;
        }
    }

    private Next take(Cursor cursor, boolean mayFail) {
        Fetched fetched = cursor.take();
        if (fetched instanceof Fetched.Batch batch) {
            following.giveBack(
                    cursor, batch.batch().getRecordCount(), batch.batch().getBatch().size());
            reader = new BatchReader(cursor, batch);
            return new Next(reader, null);
        }
        Gap gap = ((Fetched.Hole) fetched).gap();
        if (options.gapPolicy() == GapPolicy.FAIL) {
            // The place stays before the gap: whoever does not seek meets it again.
            cursor.rewind();
            fail(cursor, gap);
            return next(mayFail);
        }
        cursor.gave(gap.toOffset());
        if (options.gapPolicy() == GapPolicy.LATEST) {
            following.seek(cursor, Position.latest());
        }
        return new Next(null, gap);
    }

    /** Partitions take turns, batch by batch. */
    private Cursor nextCursor() {
        for (int i = 0; i < inTurn.size(); i++) {
            Cursor cursor = inTurn.get(turn++ % inTurn.size());
            turn %= inTurn.size();
            if (cursor.hasWaiting()) {
                return cursor;
            }
        }
        return null;
    }

    /** Decodes outside the lock, then gives what is still wanted. */
    private void read(BatchReader from, List<ReceivedRecord> records) {
        List<ReceivedRecord> read;
        try {
            read = from.read(options.maxPollRecords() - records.size());
        } catch (MillraceException e) {
            synchronized (following) {
                reader = null;
                following.fail(from.cursor(), e);
            }
            return;
        }
        synchronized (following) {
            if (from.isCurrent() && !read.isEmpty()) {
                from.cursor().gave(read.get(read.size() - 1).offset() + 1);
                records.addAll(read);
            }
        }
    }

    private void fail(Cursor cursor, Gap gap) {
        following.fail(
                cursor,
                MillraceException.of(
                                ErrorCode.OFFSET_OUT_OF_RANGE,
                                "the records of "
                                        + gap.partition()
                                        + " from offset "
                                        + gap.fromOffset()
                                        + " to before "
                                        + gap.toOffset()
                                        + " are gone ("
                                        + gap.reason()
                                        + "); seek, or choose the gap policy EARLIEST or LATEST")
                        .with("from", gap.fromOffset())
                        .with("to", gap.toOffset())
                        .with("reason", gap.reason()));
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
