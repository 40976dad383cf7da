package io.millrace.client.subscribe;

import io.millrace.client.cluster.Backoff;
import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
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
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final SubscriberOptions options;
    private final LongSupplier nanoTime;
    private final Backoff backoff;
    private final Map<Integer, Cursor> byHandle = new LinkedHashMap<>();
    private final Set<Cursor> unassigned = new LinkedHashSet<>();
    private final Set<SubscribeStream> streams = new LinkedHashSet<>();
    private MillraceException failure;
    private Cursor failed;
    private boolean assigning;
    private boolean closed;

    Following(
            Cluster cluster,
            SubscriberOptions options,
            List<Cursor> cursors,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.options = options;
        this.nanoTime = nanoTime;
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
        cursors.forEach(cursor -> byHandle.put(cursor.handle(), cursor));
        unassigned.addAll(cursors);
    }

    /** Opens streams for all cursors that have none. */
    synchronized void assign() {
        assigning = false;
        if (closed || failure != null) {
            return;
        }
        Map<String, List<Cursor>> byLeader = new LinkedHashMap<>();
        for (Cursor cursor : unassigned) {
            cluster.view()
                    .leaderAddress(cursor.shard())
                    .filter(address -> !address.isEmpty())
                    .ifPresent(
                            address ->
                                    byLeader.computeIfAbsent(address, a -> new ArrayList<>())
                                            .add(cursor));
        }
        byLeader.forEach(this::open);
        if (!unassigned.isEmpty()) {
            cluster.refresh();
            assignLater(0);
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
            stream.cancel("the subscriber cannot go on");
        }
        streams.clear();
        notifyAll();
    }

    void seek(Cursor cursor, Position position) {
        change(cursor, () -> cursor.seek(position));
        if (failure != null && failed == cursor) {
            failure = null;
            failed = null;
            assignLater(0);
        }
        notifyAll();
    }

    void pause(Cursor cursor) {
        if (!cursor.isPaused()) {
            giveBack(cursor, cursor.waitingRecords(), cursor.waitingBytes());
            cursor.pause();
            tellPaused(cursor);
        }
    }

    void resume(Cursor cursor) {
        if (cursor.isPaused()) {
            cursor.resume();
            // What came before the pause was dropped: it is asked for again.
            change(cursor, cursor::rewind);
            tellPaused(cursor);
        }
    }

    /** Records were taken from a cursor: the broker may send as many more. */
    void giveBack(Cursor cursor, long records, long bytes) {
        if (cursor.stream() != null && records > 0) {
            cursor.stream().giveBack(records, bytes);
        }
    }

    synchronized void close() {
        closed = true;
        streams.forEach(stream -> stream.cancel("the subscriber is closed"));
        streams.clear();
        notifyAll();
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
            case GAP -> gap(stream, response.getGap());
            case HEARTBEAT -> heard(response.getHeartbeat().getPositionsList());
            case END -> end(stream, response.getEnd());
            default -> log.debug("an unknown message from {} is left out", stream.address());
        }
        notifyAll();
    }

    @Override
    public synchronized void ended(SubscribeStream stream, MillraceException why) {
        end(stream, null, why);
    }

    private void open(String address, List<Cursor> cursors) {
        for (int from = 0; from < cursors.size(); from += MAX_PARTITIONS_PER_STREAM) {
            int to = Math.min(cursors.size(), from + MAX_PARTITIONS_PER_STREAM);
            SubscribeStream stream =
                    new SubscribeStream(address, cursors.subList(from, to), options, this);
            streams.add(stream);
            unassigned.removeAll(stream.cursors());
            stream.open(
                    cluster.freshChannel(address),
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
        stream.started(
                TimeUnit.MILLISECONDS.toNanos(
                        (long) Math.max(1, message.getHeartbeatIntervalMs()) * MISSED_HEARTBEATS));
        for (PartitionPosition position : message.getPositionsList()) {
            Cursor cursor = byHandle.get(position.getHandle());
            if (cursor != null && cursor.stream() == stream) {
                cursor.started(position);
            }
        }
    }

    private void batch(SubscribeStream stream, DeliveredBatch batch) {
        Cursor cursor = byHandle.get(batch.getHandle());
        Cursor.Arrival arrival =
                cursor == null || cursor.stream() != stream
                        ? Cursor.Arrival.NOT_WANTED
                        : cursor.arrived(batch);
        if (arrival == Cursor.Arrival.NOT_WANTED) {
            stream.giveBack(batch.getRecordCount(), batch.getBatch().size());
        } else if (arrival == Cursor.Arrival.AFTER_A_HOLE) {
            log.warn(
                    "{}: a batch at offset {} came where {} was due; asking again",
                    cursor.partition(),
                    batch.getBaseOffset(),
                    cursor.resumeAt());
            stream.cancel("hole");
            end(
                    stream,
                    null,
                    MillraceException.of(ErrorCode.INTERNAL, "an unannounced hole in the stream"));
        }
    }

    private void gap(SubscribeStream stream, PartitionGap gap) {
        Cursor cursor = byHandle.get(gap.getHandle());
        if (cursor != null && cursor.stream() == stream) {
            cursor.arrived(gap);
        }
    }

    private void heard(List<PartitionPosition> positions) {
        for (PartitionPosition position : positions) {
            Cursor cursor = byHandle.get(position.getHandle());
            if (cursor != null) {
                cursor.heard(position);
            }
        }
    }

    private void end(SubscribeStream stream, SubscribeEnd end) {
        Cursor cursor = byHandle.get(end.getHandle());
        MillraceException why =
                WireError.fromDetail(end.getError()).with("broker", stream.address());
        if (cursor != null && why.leader().isPresent()) {
            cluster.hint(cursor.shard(), why.leader().get());
        }
        end(stream, cursor, why);
        stream.cancel("ended by the broker");
    }

    private void end(SubscribeStream stream, Cursor about, MillraceException why) {
        stream.markEnded();
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

    private void change(Cursor cursor, Runnable change) {
        giveBack(cursor, cursor.waitingRecords(), cursor.waitingBytes());
        change.run();
        if (cursor.stream() != null) {
            cursor.stream().seek(cursor);
        }
    }

    private void tellPaused(Cursor cursor) {
        if (cursor.stream() != null) {
            cursor.stream().setPaused(cursor);
        }
    }
}
