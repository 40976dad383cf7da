package io.millrace.client.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.Membership;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.PartitionFeed;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Assignment;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.RevokedPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what a member holds follow what the coordinator says, on a thread of its own, the only one
 * that calls the user's assignment listener. Each pass looks at everything anew: what is lost goes
 * first, then what is to be given up and is through, then what is new.
 */
final class Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What is taken away by force is lost a little before: the message took its time. */
    private static final long MARGIN_PART = 10;

    private final Member member;
    private final Membership membership;
    private final PartitionFeed feed;
    private final Commits commits;
    private final Stays stays;
    private final StartPlaces places;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean groupPaused;
    private volatile boolean abandoned;
    private volatile boolean closerIsThrough;
    private volatile long closeNanos;

    Reconciler(
            Member member,
            Membership membership,
            PartitionFeed feed,
            Commits commits,
            Cluster cluster) {
        this.member = member;
        this.membership = membership;
        this.feed = feed;
        this.commits = commits;
        this.stays = new Stays(member, feed, commits);
        this.places = new StartPlaces(member, commits, cluster);
        this.thread = new Thread(this::run, "millrace-group-" + member.options().terms().group());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    boolean isGroupPaused() {
        return groupPaused;
    }

    /**
     * Everything is to be given up, then the group is left.
     *
     * @param byTaker whether who closes has nothing in work any more
     */
    void beginClose(long deadlineNanos, boolean byTaker) {
        closeNanos = deadlineNanos;
        closerIsThrough = byTaker && !member.isTracked();
    }

    /** Ends when the group was left. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Closing has taken too long. */
    void abandon() {
        abandoned = true;
        member.news().fire();
    }

    private void run() {
        try {
            while (!abandoned) {
                long seen = member.news().count();
                boolean more = pass();
                if (!more) {
                    break;
                }
                member.news().await(seen, waitNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("the member of a group cannot go on", e);
            member.fail(e);
        } catch (Error e) {
            // Its heartbeats must not keep what nobody looks after.
            member.fail(new IllegalStateException("the member of a group cannot go on", e));
            member.end();
            throw e;
        } finally {
            if (member.isClosing()) {
                member.end();
            }
            ended.complete(null);
        }
    }

    /** One look at everything; false: it is over. */
    private boolean pass() throws InterruptedException {
        MillraceException failed = membership.failure();
        if (failed != null) {
            loseAll();
            member.fail(failed);
            return false;
        }
        if (membership.isLost()) {
            loseAll();
            if (!member.isClosing()) {
                membership.rejoin();
            }
        }
        if (member.isClosing()) {
            return close();
        }
        Assignment told = membership.assignment();
        if (told != null) {
            follow(told);
        }
        giveUp();
        begin();
        return true;
    }

    private void loseAll() {
        lose(stays.drop(stay -> true));
    }

    private void lose(List<Held> lost) {
        Set<TopicPartition> known = Stays.told(lost);
        if (!known.isEmpty()) {
            log.info("{}: lost {}", member.options().terms().group(), Stays.some(known));
            tell(() -> member.options().listener().onLost(known));
        }
    }

    private void follow(Assignment told) {
        Map<TopicPartition, HeldPartition> toHold = new HashMap<>();
        Map<TopicPartition, RevokedPartition> toGiveUp = new HashMap<>();
        told.getHeldList().forEach(it -> toHold.put(Held.partition(it.getPartition()), it));
        told.getRevokedList().forEach(it -> toGiveUp.put(Held.partition(it.getPartition()), it));
        lose(
                stays.drop(
                        stay -> {
                            HeldPartition hold = toHold.get(stay.partition());
                            RevokedPartition revoke = toGiveUp.get(stay.partition());
                            return !(hold != null && stay.isStay(hold.getPartition()))
                                    && !(revoke != null && stay.isStay(revoke.getPartition()));
                        }));
        member.gate().lock();
        member.lock().lock();
        try {
            setGroupPaused(told.getPaused());
            toGiveUp.values().forEach(this::revoke);
            for (HeldPartition hold : toHold.values()) {
                member.held()
                        .computeIfAbsent(
                                Held.partition(hold.getPartition()),
                                it -> Held.of(hold, member.isTracked()));
            }
        } finally {
            member.lock().unlock();
            member.gate().unlock();
        }
        tellAssigned();
    }

    /** Nothing more of it is given. Under the locks. */
    private void revoke(RevokedPartition revoked) {
        Held stay = member.held().get(Held.partition(revoked.getPartition()));
        if (stay == null) {
            // It was taken away before it was begun.
            stay = new Held(revoked.getPartition(), null, false, member.isTracked());
            stay.setState(Held.State.GIVEN_UP);
            member.held().put(stay.partition(), stay);
            membership.request(List.of(stay.commit(Held.NO_OFFSET, "")), true);
        } else if (!stay.isGivenUp() && stay.state() != Held.State.REVOKING) {
            feed.remove(stay.partition());
            stay.setState(Held.State.REVOKING);
            long remaining = TimeUnit.MILLISECONDS.toNanos(revoked.getRemainingMs());
            stay.setDeadlineNanos(now() + remaining - remaining / MARGIN_PART);
        }
    }

    private void setGroupPaused(boolean paused) {
        if (paused != groupPaused) {
            groupPaused = paused;
            member.held()
                    .values()
                    .forEach(it -> feed.setPaused(it.partition(), paused || it.isPaused()));
        }
    }

    private void tellAssigned() {
        List<Held> fresh = new ArrayList<>();
        Map<TopicPartition, Optional<CommitPosition>> committed = new TreeMap<>();
        member.lock().lock();
        try {
            for (Held stay : member.held().values()) {
                if (stay.state() == Held.State.STARTING && !stay.wasTold()) {
                    stay.markTold();
                    fresh.add(stay);
                    committed.put(stay.partition(), stay.committedBefore());
                }
            }
        } finally {
            member.lock().unlock();
        }
        if (fresh.isEmpty()) {
            return;
        }
        log.info(
                "{}: assigned {}",
                member.options().terms().group(),
                Stays.some(committed.keySet()));
        Map<TopicPartition, Position> own = new HashMap<>();
        tell(() -> own.putAll(member.options().listener().onAssigned(committed)));
        fresh.forEach(stay -> places.decide(stay, own.get(stay.partition())));
    }

    /** Begins to read what has come, as far as it is known where to begin and where to read. */
    private void begin() throws InterruptedException {
        if (member.failure() != null) {
            return;
        }
        places.findLatest(
                stays.starting(stay -> stay.from() == null && stay.retryNanos() - now() <= 0));
        List<Held> ready =
                stays.starting(
                        stay ->
                                stay.from() != null
                                        && feed.knows(stay.partition(), stay.wire().getTopicId()));
        if (ready.isEmpty()) {
            return;
        }
        member.gate().lock();
        member.lock().lock();
        try {
            // The map may have changed since: what is not known any more is tried again.
            ready.removeIf(it -> !feed.knows(it.partition(), it.wire().getTopicId()));
            feed.add(
                    ready.stream()
                            .map(
                                    it ->
                                            new PartitionFeed.Start(
                                                    it.partition(),
                                                    it.wire().getTopicId(),
                                                    it.from()))
                            .toList());
            for (Held stay : ready) {
                stay.setState(Held.State.ACTIVE);
                feed.setPaused(stay.partition(), groupPaused || stay.isPaused());
            }
        } finally {
            member.lock().unlock();
            member.gate().unlock();
        }
    }

    private void giveUp() {
        giveUpOverdue();
        List<Held> through = stays.find(stay -> Stays.isRevoking(stay) && !stay.isBusy());
        if (through.isEmpty()) {
            return;
        }
        revoked(through);
        member.lock().lock();
        try {
            if (membership.isLost()) {
                return;
            }
            boolean auto = member.options().autoCommitNanos() > 0;
            List<CommittedOffset> offsets = new ArrayList<>();
            for (Held stay : through) {
                boolean commit = auto && stay.hasToCommit();
                offsets.add(stay.commit(commit ? stay.done() : Held.NO_OFFSET, ""));
                if (commit) {
                    stay.committed(stay.done());
                }
                commits.ended(stay);
                stay.setState(Held.State.GIVEN_UP);
            }
            membership
                    .request(offsets, true)
                    .whenComplete(
                            (result, problem) -> {
                                if (problem != null || result.getRefusedCount() > 0) {
                                    log.debug("a release was refused: it was taken away before");
                                }
                            });
        } finally {
            member.lock().unlock();
        }
    }

    /** Gives up what the user has kept for too long; the coordinator takes it away anyway. */
    private void giveUpOverdue() {
        List<Held> overdue =
                stays.end(stay -> Stays.isRevoking(stay) && stay.deadlineNanos() - now() <= 0);
        if (overdue.isEmpty()) {
            return;
        }
        lose(overdue);
        membership.request(
                overdue.stream().map(stay -> stay.commit(Held.NO_OFFSET, "")).toList(), true);
    }

    private void revoked(List<Held> through) {
        Set<TopicPartition> known = Stays.told(through);
        if (!known.isEmpty()) {
            log.info("{}: gives up {}", member.options().terms().group(), Stays.some(known));
            tell(() -> member.options().listener().onRevoked(known));
        }
    }

    /** Stops giving; when everything is through, or the time is over, commits and leaves. */
    private boolean close() throws InterruptedException {
        stays.stopAll();
        boolean over = closeNanos - now() <= 0;
        List<Held> all = stays.find(Stays::isRevoking);
        if (!over && !closerIsThrough && all.stream().anyMatch(Held::isBusy)) {
            return true;
        }
        revoked(all);
        Map<Held, CommittedOffset> offsets = new LinkedHashMap<>();
        if (member.options().autoCommitNanos() > 0) {
            member.lock().lock();
            try {
                offsets.putAll(commits.done());
            } finally {
                member.lock().unlock();
            }
        }
        try {
            commits.await(commits.send(offsets), Math.max(1, closeNanos - now()));
        } catch (MillraceException e) {
            log.warn("the last commit failed; some records will be given again: {}", e.toString());
        }
        boolean restarting = !member.options().terms().instanceId().isEmpty();
        try {
            membership
                    .leave(List.of(), restarting)
                    .get(Math.max(1, closeNanos - now()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("the coordinator has not heard the farewell: {}", e.toString());
        }
        stays.end(stay -> !stay.isGivenUp());
        return false;
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            member.fail(new IllegalStateException("the assignment listener has failed", e));
        }
    }

    /** Until something may have to be done without news. */
    private long waitNanos() {
        member.lock().lock();
        try {
            long wait = LONGEST_WAIT_NANOS;
            long now = now();
            for (Held stay : member.held().values()) {
                if (Stays.isRevoking(stay)) {
                    long until = member.isClosing() ? closeNanos : stay.deadlineNanos();
                    wait = Math.min(wait, until - now);
                } else if (stay.state() == Held.State.STARTING) {
                    wait = Math.min(wait, RETRY_NANOS);
                }
            }
            return Math.max(0, wait);
        } finally {
            member.lock().unlock();
        }
    }

    private long now() {
        return member.nanoTime().getAsLong();
    }
}
