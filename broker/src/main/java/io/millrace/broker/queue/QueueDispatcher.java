package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuedRecord.Change;
import io.millrace.broker.queue.QueuedRecord.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who gets which record of a queue: the memory of the partition's leader for one term. It is thrown
 * away with the leadership; the next leader begins with the progress that is durable, and what was
 * in delivery is delivered again.
 *
 * <p>The driver reads what {@link #wish} asks for, hands out what {@link #dispatch} gives, makes
 * durable what {@link #drain} gives and says so, and copies what {@link #giveUps} gives to the dead
 * letters. A record is handed out again only after the delivery before is counted durably, and a
 * key goes on only after the record before is durably settled; so each change of leaders costs a
 * record at most one delivery more, and never the order within a key.
 *
 * <p>Time stands still between two {@link #tick}s. Each operation takes O(log n) for each record
 * concerned. Memory: at most {@link QueueSettings#window} records and some redriven ones. Confined
 * to one thread.
 */
public final class QueueDispatcher {

    /** The most members that receive at a time. */
    public static final int MAX_MEMBERS = 10_000;

    /** A tick counts for no more. */
    static final long LONGEST_TICK_MS = 1_000;

    /** After a change was not applied, the next attempt waits. */
    static final long RETRY_MS = 100;

    private final DeliveryIds ids;
    private final ReadAhead records;
    private final RecordCourse course;
    private final MemberRing members = new MemberRing();
    private final LeaseBook leases = new LeaseBook();
    private final TreeSet<QueuedRecord> expiredOnes = new TreeSet<>(QueuedRecord.BY_EXPIRIES);
    private boolean paused;
    private boolean crowded;
    private long lastTickMs;
    private long clockMs;
    private long wallMs;
    private long drainNotBeforeMs;

    /** Since when no member takes anything, wall time; 0: one does, or there is none. */
    private long outOfCreditSinceMs;

    private long delivered;
    private long expired;

    /**
     * A queue whose leader has just begun.
     *
     * @param progress the state after every entry of former terms
     * @param ids of this term
     * @param monotonicMs the monotonic clock
     * @param wallMs milliseconds since 1970 UTC
     */
    public QueueDispatcher(
            QueueKey key,
            QueueProgress progress,
            QueueSettings settings,
            DeliveryIds ids,
            long monotonicMs,
            long wallMs) {
        this.records = new ReadAhead(progress);
        this.course = new RecordCourse(key, settings, wallMs);
        this.ids = ids;
        this.lastTickMs = monotonicMs;
        this.wallMs = wallMs;
    }

    // ---- time ----

    /**
     * Lets time pass: leases run out, records become due. To be called at least each second while
     * something is in delivery; a longer time counts as a second, so that a leader that was paused
     * does not expire what its members have settled meanwhile.
     *
     * @return whether anything has run out or become due: also what {@link #millisToNextEvent} did
     *     not foresee, since wall time may leap
     */
    public boolean tick(long monotonicMs, long wallMs) {
        clockMs += Math.max(0, Math.min(monotonicMs - lastTickMs, LONGEST_TICK_MS));
        lastTickMs = monotonicMs;
        this.wallMs = wallMs;
        boolean moved = false;
        QueuedRecord record;
        while ((record = leases.pollExpired(clockMs)) != null) {
            expire(record);
            moved = true;
        }
        moved |= watchCredit();
        return course.tick(wallMs) || moved;
    }

    /** In how many milliseconds a tick will have something to do; the largest number if never. */
    public long millisToNextEvent() {
        long next = until(leases.nextDeadlineMs(), clockMs);
        next = leases.size() == 0 ? next : Math.min(next, LONGEST_TICK_MS);
        next = Math.min(next, until(course.nextDueMs(), wallMs));
        return course.changes().isEmpty() ? next : Math.min(next, until(drainNotBeforeMs, clockMs));
    }

    // ---- records ----

    /**
     * What to read next, or null if nothing can be taken at the moment. Several may be asked for at
     * once, but it is asked again only after they have been offered, skipped, or could not be read.
     */
    public ReadWish wish() {
        boolean idle = isStopped() || members.withCredit() == 0;
        return idle ? null : records.wish(course.count(Stage.READY), window());
    }

    /**
     * Takes a record that was read.
     *
     * @return false if it is not wanted: known, done, or beyond the window, then it is to be
     *     offered again
     * @throws IllegalArgumentException if records before it have been left out
     */
    public boolean offer(QueueRecord read) {
        QueuedRecord record = records.take(read, window());
        if (record == null) {
            return false;
        }
        course.begin(record, read.deliverAtMs());
        return true;
    }

    /**
     * Settles records that nobody is to get: they do not exist any more, or are filtered. Those in
     * delivery may still be settled by who has them, and are not delivered again.
     *
     * @param from the first one, not beyond the next one to be read
     * @param to the one after the last
     */
    public void skip(long from, long to) {
        records.skip(from, to, course.changes()::addSkipped);
        records.inHand(from, to).values().forEach(course::forget);
    }

    /**
     * Takes note of a redrive, when it is known of every change what came of it: these records are
     * delivered again, but for those that are still in hand, or about to be settled without.
     *
     * @param undone records that are not done, as the state says that is applied
     */
    public void redriven(OffsetSet undone) {
        for (int range = 0; range < undone.rangeCount(); range++) {
            for (long o = undone.rangeFrom(range); o < undone.rangeTo(range); o++) {
                if (!course.changes().isSkipped(o)) {
                    records.redrive(o);
                }
            }
        }
    }

    // ---- members ----

    /**
     * Lets a member take part; it has no credit yet. Of one that takes part, the lease changes.
     *
     * @param leaseMs how long its deliveries may take; 0: as the settings say
     */
    public void join(String memberId, long leaseMs) {
        if (leaseMs != 0) {
            QueueSettings.require(
                    "lease", leaseMs, QueueSettings.MIN_LEASE_MS, QueueSettings.MAX_LEASE_MS);
        }
        members.join(memberId, leaseMs);
    }

    /** Sets how many records more a member takes. One that does not take part is passed over. */
    public void credit(String memberId, int records) {
        members.credit(memberId, records);
        if (members.withCredit() > 0) {
            outOfCreditSinceMs = 0;
        }
    }

    /**
     * Hands nothing more to a member. What it has it may still settle.
     *
     * @param givesBack whether its leases end now, as if their time were over
     */
    public void leave(String memberId, boolean givesBack) {
        members.leave(memberId);
        if (givesBack) {
            for (QueuedRecord record : leases.of(memberId)) {
                leases.remove(record);
                course.inVain(record, 0, "member " + memberId + " went without settling it");
            }
        }
    }

    /**
     * What to hand out now, the oldest records first. The leases begin.
     *
     * @param most at most so many
     */
    public List<RecordDelivery> dispatch(int most) {
        List<RecordDelivery> deliveries = new ArrayList<>();
        while (deliveries.size() < most
                && course.count(Stage.READY) > 0
                && members.withCredit() > 0
                && !isStopped()
                && !(crowded && leases.size() + course.count(Stage.SETTLING) > 0)) {
            MemberRing.Member member = members.next();
            QueuedRecord record = course.pollReady();
            long leaseMs = member.leaseMs == 0 ? course.settings().leaseMs() : member.leaseMs;
            leases.add(record, member.memberId, ids.next(), clockMs + leaseMs);
            delivered++;
            deliveries.add(
                    new RecordDelivery(
                            member.memberId,
                            record.offset,
                            record.deliveryId,
                            record.deliveries + 1));
        }
        return deliveries;
    }

    /**
     * Takes the word of a member about a delivery.
     *
     * @param token not 0; {@link #confirmed} gives it back when the word is durable
     */
    public SettleOutcome settle(
            String memberId, long offset, long deliveryId, DeliveryFate fate, long token) {
        QueuedRecord record = leased(memberId, offset, deliveryId);
        if (record == null) {
            return SettleOutcome.EXPIRED;
        }
        leases.remove(record);
        if (fate instanceof DeliveryFate.Return) {
            course.giveBack(record);
            return SettleOutcome.DONE;
        }
        record.token = token;
        if (fate instanceof DeliveryFate.Nack nack) {
            course.inVain(record, nack.delayMs(), nack.reason());
        } else if (fate instanceof DeliveryFate.Reject reject) {
            record.deliveries++;
            course.giveUp(record, DeadLetterWish.Reason.REJECTED, reject.reason());
        } else {
            course.acknowledge(record);
        }
        return SettleOutcome.PENDING;
    }

    /**
     * Lets a delivery take longer.
     *
     * @param leaseMs from now on
     * @return false if the lease has run out, or the delivery was settled
     */
    public boolean extend(String memberId, long offset, long deliveryId, long leaseMs) {
        QueueSettings.require(
                "lease", leaseMs, QueueSettings.MIN_LEASE_MS, QueueSettings.MAX_LEASE_MS);
        QueuedRecord record = leased(memberId, offset, deliveryId);
        if (record != null) {
            leases.extend(record, clockMs + leaseMs);
        }
        return record != null;
    }

    // ---- what is made durable ----

    /**
     * What to make durable next, in an entry of this term. Several may be under way; they must be
     * proposed in this order. Each is answered by {@link #confirmed} or {@link #notApplied}; if
     * what came of it is unknown, it may be proposed again as it is.
     *
     * @return null if there is nothing now
     */
    public QueueChange drain() {
        return clockMs < drainNotBeforeMs ? null : course.changes().drain();
    }

    /**
     * A change is applied.
     *
     * @return the tokens of the words that are durable now
     */
    public List<Long> confirmed(long changeId) {
        List<Long> tokens = new ArrayList<>();
        for (QueuedRecord record : course.changes().confirmed(changeId)) {
            if (record.token != 0) {
                tokens.add(record.token);
                record.token = 0;
            }
            if (record.change == Change.MARK) {
                course.counted(record);
            } else {
                expiredOnes.remove(record);
                course.finished(record);
                records.remove(record);
            }
        }
        return tokens;
    }

    /** A change was refused, or surely never applied: it is tried again, a little later. */
    public void notApplied(long changeId) {
        course.changes().notApplied(changeId);
        drainNotBeforeMs = clockMs + RETRY_MS;
    }

    // ---- dead letters ----

    /**
     * Records to be copied to the dead letters, each once. {@link #copied} or {@link #copyFailed}
     * answers; copying one twice is allowed.
     *
     * @param most at most so many
     */
    public List<DeadLetterWish> giveUps(int most) {
        return course.breaker().isOpen() ? List.of() : course.pollGivenUp(most);
    }

    /**
     * Which records are being copied, or were and are not settled yet. To be asked before a redrive
     * is proposed: their copies must stay, since the redrive leaves them alone and they will be
     * done. What is neither done nor among them goes on, and is copied anew if it is given up.
     */
    public OffsetSet givingUp(OffsetSet offsets) {
        List<Long> found = new ArrayList<>();
        for (int range = 0; range < offsets.rangeCount(); range++) {
            for (long o = offsets.rangeFrom(range); o < offsets.rangeTo(range); o++) {
                QueuedRecord record = records.find(o);
                if (record != null && record.isGivingUp()) {
                    found.add(o);
                }
            }
        }
        return OffsetSet.of(found.stream().mapToLong(Long::longValue).toArray());
    }

    /** The copy of a record is durable: it can be settled. */
    public void copied(long offset) {
        course.copied(copying(offset));
    }

    /**
     * The copy could not be written. Until it is, the record keeps its key, and its place in the
     * window.
     *
     * @param retryAtMs when to ask again, milliseconds since 1970 UTC
     * @param why what people are told, a sentence; empty: nothing yet
     */
    public void copyFailed(long offset, long retryAtMs, String why) {
        course.copyFailed(copying(offset), retryAtMs, why);
    }

    // ---- control ----

    /** Hands out nothing more until {@link #resume}. Leases go on. */
    public void pause() {
        paused = true;
    }

    /** Goes on; an open breaker closes, and what could not be copied is tried again at once. */
    public void resume() {
        paused = false;
        course.breaker().reset();
        course.retryCopies();
    }

    /**
     * While it is crowded, one record at a time is handed out: see {@link QueueTable#isCrowded}.
     */
    public void crowded(boolean crowded) {
        this.crowded = crowded;
    }

    /** Whether too many records were given up: somebody has to look, and to resume. */
    public boolean isBreakerOpen() {
        return course.breaker().isOpen();
    }

    /** Other settings, from now on. */
    public void configure(QueueSettings settings) {
        course.configure(settings);
    }

    /** How it stands. */
    public QueueStatistics statistics() {
        QueuedRecord most = expiredOnes.isEmpty() ? null : expiredOnes.last();
        SortedSet<QueuedRecord> notCopied = course.notCopied();
        return new QueueStatistics(
                records.floor(),
                records.next(),
                course.count(Stage.READY),
                leases.size(),
                course.keys().waiting(),
                course.keys().linesWithWaiting(),
                course.count(Stage.PARKED),
                course.count(Stage.DEFERRED),
                course.count(Stage.SETTLING),
                course.count(Stage.GIVEN_UP) + course.count(Stage.COPYING),
                notCopied.size(),
                notCopied.isEmpty() ? -1 : notCopied.first().offset,
                notCopied.isEmpty() ? "" : notCopied.first().copyFailure,
                records.unreadRedriven(),
                members.size(),
                members.withCredit(),
                outOfCreditSinceMs,
                records.isWindowFull(window()),
                crowded,
                paused,
                course.breaker().isOpen(),
                most == null ? -1 : most.offset,
                most == null ? 0 : most.expiries,
                most == null ? "" : most.memberId,
                course.nextDueMs() == Long.MAX_VALUE ? 0 : course.nextDueMs(),
                delivered,
                expired);
    }

    /**
     * Whether since now nobody takes anything. A member that took some since the last tick counts.
     */
    private boolean watchCredit() {
        boolean isOut = members.size() > 0 && members.withCredit() == 0;
        boolean begins = isOut && outOfCreditSinceMs == 0;
        if (begins) {
            outOfCreditSinceMs = wallMs;
        } else if (!isOut) {
            outOfCreditSinceMs = 0;
        }
        return begins;
    }

    private void expire(QueuedRecord record) {
        expired++;
        expiredOnes.remove(record);
        record.expiries++;
        expiredOnes.add(record);
        course.inVain(record, 0, "its lease ran out with member " + record.memberId);
    }

    /** The record of a delivery that is under way; null if it is over. */
    private QueuedRecord leased(String memberId, long offset, long deliveryId) {
        QueuedRecord record = records.find(offset);
        boolean valid =
                record != null
                        && record.stage == Stage.LEASED
                        && record.deliveryId == deliveryId
                        && record.memberId.equals(memberId);
        return valid ? record : null;
    }

    private QueuedRecord copying(long offset) {
        QueuedRecord record = records.find(offset);
        if (record == null || record.stage != Stage.COPYING) {
            throw new IllegalArgumentException("no copy of record " + offset + " was asked for");
        }
        return record;
    }

    private boolean isStopped() {
        return paused || course.breaker().isOpen();
    }

    private int window() {
        return course.settings().window();
    }

    private static long until(long timeMs, long nowMs) {
        return timeMs == Long.MAX_VALUE ? timeMs : Math.max(0, timeMs - nowMs);
    }
}
