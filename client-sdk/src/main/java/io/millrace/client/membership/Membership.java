package io.millrace.client.membership;

import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Assignment;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.Joined;
import io.millrace.v1.Leave;
import io.millrace.v1.MemberProgress;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Internal. A member's stays in its group: joins, goes on after broken streams, sends heartbeats
 * from the client's timer, and ends a stay when the coordinator says so or has not answered for a
 * lease.
 *
 * <p>A lost stay stays lost until {@link #rejoin}: first everything of it is dropped. Thread-safe;
 * nothing blocks.
 */
public final class Membership implements MemberStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private enum State {
        JOINING,
        STAYING,
        LOST,
        LEAVING,
        ENDED
    }

    private final Cluster cluster;
    private final MemberTerms terms;
    private final LongSupplier nanoTime;
    private final Supplier<List<MemberProgress>> progress;
    private final Runnable onNews;
    private final CoordinatorSearch search;
    private final StayLease lease = new StayLease();
    private final ReentrantLock lock = new ReentrantLock();
    private final Requests requests = new Requests();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private State state = State.JOINING;
    private MemberStream stream;
    private long leaseChecks;
    private long memberEpoch;
    private long attempts;
    private Assignment assignment;
    private MillraceException failure;
    private MillraceException lostBecause;

    /**
     * @param progress what heartbeats tell; called without locks
     * @param onNews is called after each change, maybe under a lock: it must only signal
     */
    public Membership(
            Cluster cluster,
            MemberTerms terms,
            Supplier<List<MemberProgress>> progress,
            Runnable onNews,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.cluster = cluster;
        this.terms = terms;
        this.progress = progress;
        this.onNews = onNews;
        this.nanoTime = nanoTime;
        this.search = new CoordinatorSearch(random);
    }

    /** Joins; the rest comes as news. */
    public void start() {
        cluster.watch();
        cluster.after(0, this::connect);
    }

    /** What the coordinator has told last in this stay; null: nothing yet, or the stay is lost. */
    public Assignment assignment() {
        return guarded(() -> isStaying() ? assignment : null);
    }

    /** What the stay is called in other streams; 0: there is none. */
    public long memberEpoch() {
        return guarded(() -> isStaying() ? memberEpoch : 0L);
    }

    /**
     * Whether the stay was lost, for now or for good; by the clock, too, if this process did not
     * run for a while.
     */
    public boolean isLost() {
        return guarded(() -> !isStaying() && (state == State.LOST || failure != null));
    }

    /** Why it cannot be a member; null: it can. */
    public MillraceException failure() {
        return guarded(() -> failure);
    }

    /** Everything of the lost stay was dropped: begins another one. */
    public void rejoin() {
        guarded(
                () -> {
                    if (state == State.LOST) {
                        state = State.JOINING;
                        connectLater(0);
                    }
                    return null;
                });
    }

    /** Commits, or releases. Fails with MEMBER_FENCED when the stay is over before the answer. */
    public CompletableFuture<CommitResult> request(List<CommittedOffset> offsets, boolean release) {
        lock.lock();
        try {
            if (!isStaying()) {
                return CompletableFuture.failedFuture(fenced());
            }
            CompletableFuture<CommitResult> answer = requests.add(offsets, release);
            sendRequests();
            return answer;
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    /** Leaves, as far as there is a stay; the future ends when the coordinator has heard it. */
    public CompletableFuture<Void> leave(List<CommittedOffset> offsets, boolean restarting) {
        boolean told =
                guarded(
                        () -> {
                            if (!isStaying() || stream == null || !stream.isJoined()) {
                                return false;
                            }
                            state = State.LEAVING;
                            stream.send(
                                    MemberRequest.newBuilder()
                                            .setLeave(
                                                    Leave.newBuilder()
                                                            .addAllOffsets(offsets)
                                                            .setRestarting(restarting)));
                            return true;
                        });
        if (!told) {
            left.complete(null);
        }
        return left;
    }

    /** Ends the stream; without {@link #leave} the stay ends with its lease. */
    public void close() {
        Runnable tell =
                guarded(
                        () -> {
                            state = State.ENDED;
                            if (stream != null) {
                                stream.cancel("the subscriber is closed");
                            }
                            return requests.fail(fenced());
                        });
        tell.run();
        left.complete(null);
    }

    @Override
    public void received(MemberStream from, MemberResponse response) {
        Runnable tell =
                guarded(
                        () -> {
                            if (from.isEnded() || from != stream) {
                                return () -> {};
                            }
                            from.heard(nanoTime.getAsLong());
                            return take(from, response);
                        });
        tell.run();
        onNews.run();
    }

    @Override
    public void ended(MemberStream from, MillraceException why) {
        end(from, why).run();
        onNews.run();
    }

    private Runnable take(MemberStream from, MemberResponse response) {
        switch (response.getResponseCase()) {
            case JOINED -> joined(from, response.getJoined());
            case ASSIGNMENT -> assignment = response.getAssignment();
            case HEARTBEAT -> lease.proven(from.answered(response.getHeartbeat().getSequence()));
            case COMMITTED -> {
                Runnable tell = requests.answered(response.getCommitted());
                sendRequests();
                return tell;
            }
            case END -> {
                MillraceException why = WireError.fromDetail(response.getEnd().getError());
                Runnable tell = end(from, why.with("broker", from.address()));
                from.cancel("ended by the coordinator");
                return tell;
            }
            default -> log.debug("an unknown message from {} is left out", from.address());
        }
        return () -> {};
    }

    private void joined(MemberStream from, Joined joined) {
        if (state == State.JOINING) {
            state = State.STAYING;
            assignment = null;
            log.info(
                    "{}: {} has joined, epoch {}",
                    terms.group(),
                    terms.memberId(),
                    joined.getMemberEpoch());
        }
        if (state != State.STAYING) {
            return;
        }
        from.markJoined();
        search.found(from.address());
        memberEpoch = joined.getMemberEpoch();
        lease.begin(joined, from.openedNanos());
        sendRequests();
        cluster.after(lease.intervalNanos(), () -> beat(from));
        long check = ++leaseChecks;
        cluster.after(leaseLeft(), () -> checkLease(check));
    }

    /** On the client's timer: user code cannot hold it up. */
    private void beat(MemberStream on) {
        if (guarded(() -> on.isEnded() || !isStaying())) {
            return;
        }
        List<MemberProgress> told = progress.get();
        Runnable tell =
                guarded(
                        () -> {
                            long now = nanoTime.getAsLong();
                            if (on.isEnded()) {
                                return () -> {};
                            }
                            if (lease.isTooSilent(on.silentNanos(now))) {
                                on.cancel("silent");
                                return end(on, silent(on));
                            }
                            on.beat(told, now);
                            cluster.after(lease.intervalNanos(), () -> beat(on));
                            return () -> {};
                        });
        tell.run();
    }

    /** One goes on at a time, however often the stream was broken. */
    private void checkLease(long check) {
        boolean over =
                guarded(
                        () -> {
                            if (check != leaseChecks || state != State.STAYING) {
                                return false;
                            }
                            if (!isStaying()) {
                                return true;
                            }
                            cluster.after(leaseLeft(), () -> checkLease(check));
                            return false;
                        });
        if (over) {
            onNews.run();
        }
    }

    private long leaseLeft() {
        return lease.left(nanoTime.getAsLong());
    }

    /** Whether there is a stay; the clock decides, not whether a timer has run. */
    private boolean isStaying() {
        if (state == State.STAYING && leaseLeft() <= 0) {
            if (stream != null) {
                stream.cancel("no answer for a lease");
            }
            lose(
                    MillraceException.of(
                            ErrorCode.MEMBER_FENCED,
                            "the coordinator of group "
                                    + terms.group()
                                    + " has not answered for a lease"));
        }
        return state == State.STAYING;
    }

    private void lose(MillraceException why) {
        log.info("{}: {} has lost its stay: {}", terms.group(), terms.memberId(), why.getMessage());
        state = State.LOST;
        lostBecause = why;
        memberEpoch = 0;
        assignment = null;
        // Not here: whoever waits may hold other locks.
        ForkJoinPool.commonPool().execute(requests.fail(fenced()));
    }

    private Runnable end(MemberStream ended, MillraceException why) {
        return guarded(
                () -> {
                    ended.markEnded();
                    if (ended != stream) {
                        return () -> {};
                    }
                    stream = null;
                    requests.unsend();
                    if (state == State.LEAVING || state == State.ENDED) {
                        state = State.ENDED;
                        return () -> left.complete(null);
                    }
                    goOn(ended, why);
                    return () -> {};
                });
    }

    private void goOn(MemberStream ended, MillraceException why) {
        log.debug("stream to {} ended: {}", ended.address(), why.getMessage());
        if (cluster.isClosed()) {
            fail(why.withRetry(Retry.NEVER));
            return;
        }
        switch (why.code()) {
            case MEMBER_FENCED, UNKNOWN_GROUP -> {
                boolean stayed = isStaying();
                if (stayed && why.code() == ErrorCode.MEMBER_FENCED && isReplaced()) {
                    fail(why);
                } else if (stayed) {
                    lose(why);
                } else {
                    memberEpoch = 0;
                    connectLater(why.retryAfterMs());
                }
            }
            case NOT_LEADER ->
                    cluster.after(search.redirected(ended.address(), why), this::connect);
            default -> {
                if (why.retry() == Retry.NEVER) {
                    fail(why);
                    return;
                }
                if (!ended.isJoined()) {
                    search.forget();
                }
                connectLater(why.retryAfterMs());
            }
        }
    }

    /**
     * Who has a name of its own and is fenced while its lease runs has been replaced by another
     * process of that name: two that fence each other in turn would help nobody.
     */
    private boolean isReplaced() {
        return !terms.instanceId().isEmpty();
    }

    private void fail(MillraceException why) {
        failure = why;
        lostBecause = why;
        state = State.ENDED;
        assignment = null;
        ForkJoinPool.commonPool().execute(requests.fail(why));
        ForkJoinPool.commonPool().execute(() -> left.complete(null));
    }

    private void connectLater(int atLeastMs) {
        cluster.after(search.waitNanos(atLeastMs), this::connect);
    }

    private void connect() {
        lock.lock();
        try {
            boolean wanted = state == State.JOINING || isStaying();
            if (!wanted || stream != null && !stream.isEnded() || cluster.isClosed()) {
                return;
            }
            MemberStream next = new MemberStream(search.next(cluster.addresses()), this);
            stream = next;
            next.open(
                    cluster.freshChannel(next.address()),
                    terms.join(
                            memberEpoch,
                            ++attempts,
                            cluster.options().clientName(),
                            cluster.clusterId()),
                    nanoTime.getAsLong());
            cluster.after(cluster.options().connectTimeout().toNanos(), () -> checkJoined(next));
        } finally {
            lock.unlock();
        }
        onNews.run();
    }

    private void checkJoined(MemberStream waiting) {
        Runnable tell =
                guarded(
                        () -> {
                            if (waiting.isEnded() || waiting.isJoined()) {
                                return () -> {};
                            }
                            waiting.cancel("silent");
                            return end(waiting, silent(waiting));
                        });
        tell.run();
        onNews.run();
    }

    private void sendRequests() {
        if (stream != null && stream.isJoined()) {
            requests.send(stream::send);
        }
    }

    private MillraceException fenced() {
        return MillraceException.of(
                ErrorCode.MEMBER_FENCED,
                "this member of group "
                        + terms.group()
                        + " holds nothing at the moment"
                        + (lostBecause == null ? "" : ": " + lostBecause.getMessage()));
    }

    private static MillraceException silent(MemberStream stream) {
        return MillraceException.of(
                ErrorCode.NOT_READY,
                "the coordinator at " + stream.address() + " has been silent for too long");
    }

    private <T> T guarded(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
