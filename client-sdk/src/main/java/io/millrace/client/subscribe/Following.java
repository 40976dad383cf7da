package io.millrace.client.subscribe;

import io.millrace.client.choice.Balancer;
import io.millrace.client.cluster.Backoff;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.read.ReadFrom;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStarted;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every cursor on a stream to its leader, and opens new streams when old ones end. All state,
 * the cursors' too, is guarded by this object's monitor; waiting threads are notified of each
 * change.
 */
final class Following implements SubscribeStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(Following.class);
    private static final int MAX_PARTITIONS_PER_STREAM = 2_000;
    private static final int MISSED_HEARTBEATS = 3;
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A former leader mostly ends the stream itself. */
    private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long EAGER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final SubscriberOptions options;
    private final LongSupplier nanoTime;
    private final Backoff backoff;
    private final Arrivals arrivals = new Arrivals();
    private final Set<Cursor> unassigned = new LinkedHashSet<>();
    private final Set<SubscribeStream> streams = new LinkedHashSet<>();
    private final Sources sources;
    private final Newcomers newcomers;
    private final ReadAhead readAhead;
    private final StreamEnds ends;
    private final Runnable onNews;
    private final AtomicBoolean news = new AtomicBoolean();
    private final Runnable stopListening;
    private long lastEagerNanos;
    private MillraceException failure;
    private Cursor failed;
    private boolean assigning;
    private boolean closed;

    /** Follows the same partitions all the time. */
    Following(
            Cluster cluster,
            SubscriberOptions options,
            List<Cursor> cursors,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this(cluster, options, ReadAhead.forEach(options), false, () -> {}, nanoTime, random);
        cursors.forEach(arrivals::add);
        unassigned.addAll(cursors);
    }

    /**
     * Follows partitions that come and go.
     *
     * @param onNews is called under this object's monitor after each change: it must not block
     */
    static Following changing(
            Cluster cluster,
            SubscriberOptions options,
            Runnable onNews,
            LongSupplier nanoTime,
            RandomGenerator random) {
        return new Following(
                cluster, options, ReadAhead.forAll(options), true, onNews, nanoTime, random);
    }

    private Following(
            Cluster cluster,
            SubscriberOptions options,
            ReadAhead readAhead,
            boolean changing,
            Runnable onNews,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.options = options;
        this.readAhead = readAhead;
        this.ends = new StreamEnds(cluster, changing);
        this.onNews = onNews;
        this.nanoTime = nanoTime;
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
        this.sources = new Sources(cluster, options.readFrom());
        this.newcomers =
                new Newcomers(
                        options.spreadIntervalNanos(),
                        random,
                        stream -> sources.available(stream.cursors()));
        this.lastEagerNanos = nanoTime.getAsLong() - EAGER_NANOS;
        // Not at once: whoever brings the news may hold the lock of another subscriber.
        this.stopListening =
                cluster.onChange(
                        () -> {
                            if (news.compareAndSet(false, true)) {
                                cluster.after(0, this::leadersChanged);
                            }
                        });
        if (options.readFrom() == ReadFrom.ANY) {
            cluster.after(newcomers.nextLookNanos(), this::lookForNewcomers);
        }
    }

    /** Opens streams for all cursors that have none. */
    synchronized void assign() {
        assigning = false;
        if (closed || failure != null) {
            return;
        }
        sources.share(List.copyOf(unassigned)).forEach(this::open);
        if (!unassigned.isEmpty()) {
            cluster.refresh();
            assignLater(0);
        }
    }

    /** Takes partitions in; the streams of the others go on as they are. */
    synchronized void add(Collection<Cursor> more) {
        more.forEach(arrivals::add);
        unassigned.addAll(more);
        for (SubscribeStream stream : SubscribeStream.crowded(streams)) {
            stream.choices().forEach(Balancer.Call::ended);
            leave(stream, "joined with others");
        }
        assign();
    }

    /** Gives a partition up: nothing of it that was read ahead can be taken any more. */
    synchronized void remove(Cursor cursor) {
        arrivals.remove(cursor);
        unassigned.remove(cursor);
        pause(cursor);
        cursor.rewind();
        SubscribeStream stream = cursor.stream();
        if (stream != null) {
            stream.forget(cursor);
            cursor.setStream(null);
            if (stream.cursors().isEmpty()) {
                leave(stream, "nothing is read any more");
            }
        }
        cure(cursor);
        changed();
    }

    /** What made it fail is no longer there. */
    private void cure(Cursor cursor) {
        if (failure != null && failed == cursor) {
            failure = null;
            failed = null;
            assignLater(0);
        }
    }

    private void changed() {
        notifyAll();
        onNews.run();
    }

    /** Whoever waits for a leader may have one; whoever reads a former one goes to the new one. */
    private synchronized void leadersChanged() {
        news.set(false);
        if (closed || failure != null) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (Cursor cursor : unassigned) {
            String leader = cluster.view().leaderAddress(cursor.shard()).orElse("");
            // Two brokers that name each other must not keep it busy.
            if (!leader.isEmpty()
                    && !leader.equals(cursor.lastAddress())
                    && now - lastEagerNanos >= EAGER_NANOS) {
                lastEagerNanos = now;
                assign();
                break;
            }
        }
        if (options.readFrom() == ReadFrom.LEADER) {
            for (SubscribeStream stream : streams) {
                if (!stream.isMoving() && sources.isLedElsewhere(stream)) {
                    stream.setMoving(true);
                    cluster.after(MOVE_NANOS, () -> moveOff(stream));
                }
            }
        }
    }

    private synchronized void moveOff(SubscribeStream stream) {
        stream.setMoving(false);
        if (!stream.isEnded() && sources.isLedElsewhere(stream)) {
            stream.choices().forEach(Balancer.Call::ended);
            if (leave(stream, "others lead what it reads")) {
                assign();
            }
        }
    }

    /** Ends a stream of which nothing is wrong; its cursors go on where they are elsewhere. */
    private boolean leave(SubscribeStream stream, String why) {
        stream.cancel(why);
        if (!streams.remove(stream) || closed) {
            return false;
        }
        release(stream);
        return true;
    }

    /** Whoever reads from any replica takes a fair share of a broker that has come back. */
    private void lookForNewcomers() {
        Set<String> candidates;
        synchronized (this) {
            if (closed) {
                return;
            }
            candidates = newcomers.candidates(streams);
        }
        // Not under the lock: a connection may call back whoever else waits for it.
        Set<String> connected =
                candidates.stream().filter(cluster::isConnected).collect(Collectors.toSet());
        synchronized (this) {
            Optional<SubscribeStream> due = newcomers.look(streams, connected);
            if (!closed && failure == null && unassigned.isEmpty()) {
                due.ifPresent(this::spread);
            }
            cluster.after(newcomers.nextLookNanos(), this::lookForNewcomers);
        }
    }

    private void spread(SubscribeStream stream) {
        stream.chosenFrom(sources.available(stream.cursors()));
        Collection<Sources.Share> shares = sources.shareAnew(stream);
        if (!shares.isEmpty() && leave(stream, "another broker takes a share")) {
            log.debug("what {} gave is shared out anew", stream.address());
            shares.forEach(this::open);
            if (!unassigned.isEmpty()) {
                assignLater(0);
            }
        }
    }

    /** Why it cannot go on; null: it can. */
    MillraceException failure() {
        return failure;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Ends the subscription for a reason that going on cannot cure, or until the partition
     * concerned is moved by a seek. What was read ahead can still be taken.
     */
    void fail(Cursor cursor, MillraceException why) {
        failed = cursor;
        failure =
                cursor == null
                        ? why
                        : why.with("topic", cursor.partition().topic())
                                .with("partition", cursor.partition().partition());
        for (SubscribeStream stream : streams) {
            release(stream);
            stream.choices().forEach(Balancer.Call::ended);
            stream.cancel("the subscriber cannot go on");
        }
        streams.clear();
        changed();
    }

    void seek(Cursor cursor, Position position) {
        cursor.change(() -> cursor.seek(position));
        cure(cursor);
        changed();
    }

    void pause(Cursor cursor) {
        if (!cursor.isPaused()) {
            cursor.giveBack(cursor.waitingRecords(), cursor.waitingBytes());
            cursor.pause();
            cursor.tellPaused();
        }
    }

    void resume(Cursor cursor) {
        if (cursor.isPaused()) {
            cursor.resume();
            // What came before the pause was dropped: it is asked for again.
            cursor.change(cursor::rewind);
            cursor.tellPaused();
        }
    }

    synchronized void close() {
        closed = true;
        stopListening.run();
        streams.forEach(stream -> stream.cancel("the subscriber is closed"));
        streams.clear();
        changed();
    }

    @Override
    public synchronized void received(SubscribeStream stream, SubscribeResponse response) {
        if (stream.isEnded()) {
            return;
        }
        stream.heard(nanoTime.getAsLong());
        switch (response.getResponseCase()) {
            case STARTED -> started(stream, response.getStarted());
            case BATCH -> batch(stream, response.getBatch());
            case GAP -> arrivals.gap(stream, response.getGap());
            case HEARTBEAT -> arrivals.heard(stream, response.getHeartbeat().getPositionsList());
            case END -> end(stream, response.getEnd());
            default -> log.debug("an unknown message from {} is left out", stream.address());
        }
        changed();
    }

    @Override
    public synchronized void ended(SubscribeStream stream, MillraceException why) {
        end(stream, null, why);
    }

    private void open(Sources.Share share) {
        List<Cursor> cursors = share.cursors();
        Set<String> chosenFrom = sources.available(cursors);
        for (int from = 0; from < cursors.size(); from += MAX_PARTITIONS_PER_STREAM) {
            int to = Math.min(cursors.size(), from + MAX_PARTITIONS_PER_STREAM);
            SubscribeStream stream =
                    new SubscribeStream(
                            share.address(),
                            cursors.subList(from, to),
                            options,
                            readAhead.next(streams),
                            this);
            stream.chosenFrom(chosenFrom);
            streams.add(stream);
            stream.choices().addAll(share.choices().subList(from, to));
            unassigned.removeAll(stream.cursors());
            stream.open(
                    cluster.freshChannel(share.address()),
                    cluster.options().clientName(),
                    cluster.clusterId(),
                    nanoTime.getAsLong(),
                    cluster.options().connectTimeout().toNanos());
            watch(stream);
        }
    }

    /** A half-open connection does not say that it is dead: silence does. */
    private synchronized void watch(SubscribeStream stream) {
        if (stream.isEnded()) {
            return;
        }
        long patience = stream.patienceNanos(nanoTime.getAsLong());
        if (patience > 0) {
            // Its patience may become shorter meanwhile: the broker tells how often it beats.
            cluster.after(Math.min(patience, WATCH_NANOS), () -> watch(stream));
            return;
        }
        stream.cancel("silent");
        end(
                stream,
                null,
                MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker at " + stream.address() + " has been silent for too long"));
    }

    private void started(SubscribeStream stream, SubscribeStarted message) {
        backoff.reset();
        stream.choices().forEach(Balancer.Call::answered);
        stream.started(
                TimeUnit.MILLISECONDS.toNanos(
                        (long) Math.max(1, message.getHeartbeatIntervalMs()) * MISSED_HEARTBEATS));
        arrivals.heard(stream, message.getPositionsList());
    }

    private void batch(SubscribeStream stream, DeliveredBatch batch) {
        if (!arrivals.batch(stream, batch)) {
            stream.cancel("hole");
            end(
                    stream,
                    null,
                    MillraceException.of(ErrorCode.INTERNAL, "an unannounced hole in the stream"));
        }
    }

    private void end(SubscribeStream stream, SubscribeEnd end) {
        Cursor cursor = arrivals.cursor(end.getHandle());
        end(stream, cursor, ends.explain(stream, end, cursor));
        stream.cancel("ended by the broker");
    }

    private void end(SubscribeStream stream, Cursor about, MillraceException why) {
        stream.markEnded();
        StreamEnds.judge(stream, why);
        if (!streams.remove(stream) || closed) {
            return;
        }
        release(stream);
        if (cluster.isClosed()) {
            fail(null, why.withRetry(Retry.NEVER));
            return;
        }
        if (why.retry() == Retry.NEVER) {
            fail(about, why);
            return;
        }
        log.debug("subscribe stream to {} ended: {}", stream.address(), why.getMessage());
        if (!stream.isStarted()) {
            stream.cursors().forEach(it -> cluster.dropHint(it.shard(), stream.address()));
        }
        cluster.refresh();
        assignLater(why.retryAfterMs());
    }

    private void release(SubscribeStream stream) {
        for (Cursor cursor : stream.cursors()) {
            cursor.setStream(null);
            unassigned.add(cursor);
        }
    }

    private void assignLater(int atLeastMs) {
        if (!assigning && !closed) {
            assigning = true;
            long wait = Math.max(backoff.next(), TimeUnit.MILLISECONDS.toNanos(atLeastMs));
            cluster.after(wait, this::assign);
        }
    }
}
