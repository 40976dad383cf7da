package io.millrace.client.queue;

import io.millrace.client.cluster.Backoff;
import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Credit;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.ReceiveStarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every partition on a stream to its leader, and opens new streams when old ones end. Guarded
 * by its owner's lock, which what comes from networks and timers takes itself.
 */
final class ReceiveStreams implements ReceiveStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(ReceiveStreams.class);
    private static final int PROTOCOL_VERSION = 1;
    private static final int MAX_PARTITIONS_PER_STREAM = 2_000;
    private static final int MAX_PER_BROKER = 4;
    private static final int MISSED_HEARTBEATS = 3;
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A former leader mostly ends the stream itself. */
    private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long EAGER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** What becomes of what comes. All under the lock. */
    interface Owner {
        ReentrantLock lock();

        /** Whether anything is wanted at the moment. */
        boolean givesCredit();

        /**
         * Deliveries have come.
         *
         * @param source null: a partition that is not received from any more
         */
        void arrived(ReceiveStream stream, QueueSource source, QueueDelivery message);

        /** A stream has ended before it has answered these. */
        void released(List<Word> words);

        /** What waits to be said to the leader of what this stream receives from. */
        List<Word> claimed(ReceiveStream by);

        /** Something may have to be looked at; must only signal. */
        void changed();

        /** It cannot go on. */
        void failed(MillraceException why);
    }

    private final Cluster cluster;
    private final QueueOptions options;
    private final Owner owner;
    private final CreditPool pool;
    private final LongSupplier nanoTime;
    private final Backoff backoff;
    private final Pulse pulse;
    private final Sources sources;
    private final Set<QueueSource> unassigned = new LinkedHashSet<>();
    private final Set<ReceiveStream> streams = new LinkedHashSet<>();
    private final AtomicBoolean news = new AtomicBoolean();
    private final Runnable stopListening;
    private long memberEpoch;
    private long lastEagerNanos;
    private boolean assigning;
    private boolean last;
    private boolean closed;

    ReceiveStreams(
            Cluster cluster,
            QueueOptions options,
            Owner owner,
            CreditPool pool,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.options = options;
        this.owner = owner;
        this.pool = pool;
        this.nanoTime = nanoTime;
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
        this.pulse = new Pulse(nanoTime.getAsLong());
        this.sources = new Sources(cluster);
        this.lastEagerNanos = nanoTime.getAsLong() - EAGER_NANOS;
        // Not at once: whoever brings the news may hold the lock of another receiver.
        this.stopListening =
                cluster.onChange(
                        () -> {
                            if (news.compareAndSet(false, true)) {
                                cluster.after(0, () -> guarded(this::leadersChanged));
                            }
                        });
    }

    Collection<QueueSource> sources() {
        return sources.all();
    }

    /** Takes the coordinator's word for what to receive from, in a stay. */
    void follow(long epoch, Collection<HeldPartition> assigned) {
        if (closed || last) {
            return;
        }
        boolean isNewStay = epoch != memberEpoch;
        if (isNewStay) {
            suspend();
            memberEpoch = epoch;
        }
        for (QueueSource gone : sources.forgetOthers(assigned)) {
            unassigned.remove(gone);
            ReceiveStream stream = gone.stream();
            if (stream != null) {
                gone.setStream(null);
                stream.sources().remove(gone);
                if (stream.sources().isEmpty()) {
                    leave(stream, "nothing is received any more");
                }
            }
        }
        List<QueueSource> fresh = sources.follow(assigned);
        unassigned.addAll(fresh);
        if (isNewStay || !fresh.isEmpty()) {
            assign();
        }
    }

    /** Ends all streams until there is another stay. */
    void suspend() {
        memberEpoch = 0;
        List.copyOf(streams).forEach(stream -> leave(stream, "the stay is over"));
        unassigned.addAll(sources.all());
    }

    /**
     * This process runs: to be called often. After it stood still, streams on which deliveries may
     * have lain for long are left, unread: their leases run out, if they have not, and whoever is
     * free is given them.
     */
    void beat() {
        long still = pulse.beat(nanoTime.getAsLong());
        List<ReceiveStream> doubtful =
                streams.stream().filter(stream -> stream.isDoubtfulAfter(still)).toList();
        if (!doubtful.isEmpty() && !closed && !last) {
            log.info(
                    "{}: this process stood still for {} ms; {} streams are opened anew",
                    options.terms().group(),
                    TimeUnit.NANOSECONDS.toMillis(still),
                    doubtful.size());
            doubtful.forEach(stream -> leave(stream, "the member stood still"));
            assign();
        }
    }

    /** Allows streams to send more, as far as there is room. */
    void allowMore() {
        if (owner.givesCredit()) {
            streams.stream()
                    .filter(ReceiveStream::isStarted)
                    .forEach(stream -> stream.allow(pool.grant(stream.line())));
        }
    }

    /** Whether everything that was settled on streams is answered. */
    boolean areSettled() {
        return streams.stream().allMatch(stream -> stream.outbox().isSettled());
    }

    boolean areOver() {
        return streams.isEmpty();
    }

    void sayLast() {
        last = true;
        long now = nanoTime.getAsLong();
        for (ReceiveStream stream : streams) {
            stream.flush(now);
            stream.sayLast();
        }
    }

    void close() {
        closed = true;
        stopListening.run();
        List.copyOf(streams).forEach(stream -> leave(stream, "the receiver is closed"));
    }

    @Override
    public void received(ReceiveStream stream, ReceiveResponse response) {
        List<Runnable> told = new ArrayList<>();
        guarded(
                () -> {
                    beat();
                    if (stream.isEnded()) {
                        return;
                    }
                    stream.patience().heard(nanoTime.getAsLong());
                    switch (response.getResponseCase()) {
                        case STARTED -> started(stream, response.getStarted());
                        case DELIVERY -> {
                            QueueDelivery delivery = response.getDelivery();
                            owner.arrived(stream, sources.byHandle(delivery.getHandle()), delivery);
                        }
                        case SETTLED ->
                                told.addAll(stream.outbox().answered(response.getSettled()));
                        case HEARTBEAT -> {}
                        case END -> {
                            end(stream, WireError.fromDetail(response.getEnd().getError()));
                            stream.cancel("ended by the broker");
                        }
                        default ->
                                log.debug(
                                        "an unknown message from {} is left out", stream.address());
                    }
                });
        told.forEach(Runnable::run);
        owner.changed();
    }

    @Override
    public void ended(ReceiveStream stream, MillraceException why) {
        guarded(() -> end(stream, why));
        owner.changed();
    }

    private void started(ReceiveStream stream, ReceiveStarted message) {
        backoff.reset();
        stream.started(message.getLeaseMs());
        stream.patience()
                .setSilence(
                        TimeUnit.MILLISECONDS.toNanos(
                                (long) Math.max(1, message.getHeartbeatIntervalMs())
                                        * MISSED_HEARTBEATS));
        stream.flush(nanoTime.getAsLong());
        allowMore();
    }

    private void assign() {
        if (closed || last || memberEpoch == 0) {
            return;
        }
        Map<String, List<QueueSource>> byLeader = new LinkedHashMap<>();
        collect(byLeader);
        for (String address : List.copyOf(byLeader.keySet())) {
            joinCrowd(address);
        }
        byLeader.clear();
        collect(byLeader);
        Set<String> all = new HashSet<>(byLeader.keySet());
        streams.forEach(stream -> all.add(stream.address()));
        pool.setStreams(all.size());
        byLeader.forEach(this::open);
        if (!unassigned.isEmpty()) {
            cluster.refresh();
            assignLater(0);
        }
    }

    private void collect(Map<String, List<QueueSource>> byLeader) {
        for (QueueSource source : unassigned) {
            String leader = sources.leader(source);
            if (!leader.isEmpty()) {
                byLeader.computeIfAbsent(leader, it -> new ArrayList<>()).add(source);
            }
        }
    }

    /** Many changes leave many small streams to one broker: they become one again. */
    private void joinCrowd(String address) {
        List<ReceiveStream> crowd =
                streams.stream().filter(it -> it.address().equals(address)).toList();
        if (crowd.size() >= MAX_PER_BROKER) {
            crowd.forEach(stream -> leave(stream, "joined with others"));
        }
    }

    private void open(String address, List<QueueSource> led) {
        for (int from = 0; from < led.size(); from += MAX_PARTITIONS_PER_STREAM) {
            int to = Math.min(led.size(), from + MAX_PARTITIONS_PER_STREAM);
            List<QueueSource> some = led.subList(from, to);
            ReceiveStream stream = new ReceiveStream(address, some, pool.open(), this);
            streams.add(stream);
            some.forEach(unassigned::remove);
            stream.patience()
                    .begin(nanoTime.getAsLong(), cluster.options().connectTimeout().toNanos());
            stream.open(cluster.freshChannel(address), start(stream));
            owner.claimed(stream).forEach(stream.outbox()::add);
            watch(stream);
        }
    }

    private ReceiveStart.Builder start(ReceiveStream stream) {
        ReceiveStart.Builder start =
                ReceiveStart.newBuilder()
                        .setProtocolVersion(PROTOCOL_VERSION)
                        .setClientName(cluster.options().clientName())
                        .setClusterId(cluster.clusterId())
                        .setGroup(options.terms().group())
                        .setMemberId(options.terms().memberId())
                        .setMemberEpoch(memberEpoch)
                        .setLeaseMs(options.deliveryLeaseMs());
        if (owner.givesCredit()) {
            CreditPool.Amount credit = pool.grant(stream.line());
            start.setInitialCredit(
                    Credit.newBuilder().setRecords(credit.records()).setBytes(credit.bytes()));
        }
        return start;
    }

    private void watch(ReceiveStream stream) {
        if (stream.isEnded()) {
            return;
        }
        long patience = stream.patience().leftNanos(nanoTime.getAsLong());
        if (patience > 0) {
            cluster.after(
                    Math.min(patience, WATCH_NANOS),
                    () -> {
                        guarded(() -> watch(stream));
                        owner.changed();
                    });
            return;
        }
        stream.cancel("silent");
        end(
                stream,
                MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker at " + stream.address() + " has been silent for too long"));
    }

    private void end(ReceiveStream stream, MillraceException why) {
        stream.markEnded();
        if (!release(stream) || closed || last) {
            return;
        }
        log.debug("receive stream to {} ended: {}", stream.address(), why.getMessage());
        MillraceException named = why.with("broker", stream.address());
        if (cluster.isClosed()) {
            owner.failed(named.withRetry(Retry.NEVER));
            return;
        }
        String leader = why.leader().orElse("");
        String shard = why.metadata().get("shard");
        if (!leader.isEmpty() && shard != null && !leader.equals(stream.address())) {
            cluster.hint(Integer.parseInt(shard), leader);
        } else if (!stream.isStarted()) {
            sources.dropHints(stream);
        }
        if (why.retry() == Retry.NEVER && !isCuredByTheCoordinator(why.code())) {
            owner.failed(named);
            return;
        }
        cluster.refresh();
        assignLater(why.retryAfterMs());
    }

    /** Whether the next assignment, or the next map, will tell better. */
    private static boolean isCuredByTheCoordinator(ErrorCode code) {
        return switch (code) {
            case UNKNOWN_TOPIC,
                    UNKNOWN_PARTITION,
                    TOPIC_RECREATED,
                    UNKNOWN_GROUP,
                    MEMBER_FENCED,
                    NOT_ASSIGNED ->
                    true;
            default -> false;
        };
    }

    /** Ends a stream of which nothing is wrong; what it received from goes on elsewhere. */
    private void leave(ReceiveStream stream, String why) {
        stream.cancel(why);
        release(stream);
    }

    private boolean release(ReceiveStream stream) {
        if (!streams.remove(stream)) {
            return false;
        }
        pool.close(stream.line());
        for (QueueSource source : stream.sources()) {
            source.setStream(null);
            if (sources.has(source)) {
                unassigned.add(source);
            }
        }
        owner.released(stream.outbox().drain());
        return true;
    }

    /** Whoever waits for a leader may have one; whoever has a former one goes to the new one. */
    private void leadersChanged() {
        news.set(false);
        if (closed || last) {
            return;
        }
        long now = nanoTime.getAsLong();
        // Two brokers that name each other must not keep it busy.
        if (!unassigned.isEmpty() && now - lastEagerNanos >= EAGER_NANOS) {
            lastEagerNanos = now;
            assign();
        }
        for (ReceiveStream stream : streams) {
            if (sources.isLedElsewhere(stream)) {
                cluster.after(MOVE_NANOS, () -> guarded(() -> moveOff(stream)));
            }
        }
    }

    private void moveOff(ReceiveStream stream) {
        if (!stream.isEnded() && !closed && !last && sources.isLedElsewhere(stream)) {
            leave(stream, "others lead what it receives from");
            assign();
        }
    }

    private void assignLater(int atLeastMs) {
        if (!assigning && !closed) {
            assigning = true;
            long wait = Math.max(backoff.next(), TimeUnit.MILLISECONDS.toNanos(atLeastMs));
            cluster.after(wait, () -> guarded(this::assignNow));
        }
    }

    private void assignNow() {
        assigning = false;
        assign();
    }

    private void guarded(Runnable work) {
        owner.lock().lock();
        try {
            work.run();
        } finally {
            owner.lock().unlock();
        }
    }
}
