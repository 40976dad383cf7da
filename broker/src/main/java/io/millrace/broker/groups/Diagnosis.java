package io.millrace.broker.groups;

import io.millrace.broker.groups.GroupFacts.Group;
import io.millrace.broker.groups.GroupFacts.Log;
import io.millrace.broker.groups.GroupFacts.Owner;
import io.millrace.broker.groups.GroupFacts.Place;
import io.millrace.broker.groups.GroupFacts.Progress;
import io.millrace.broker.groups.GroupFacts.Revocation;
import io.millrace.broker.groups.GroupFacts.Stream;
import io.millrace.v1.Verdict;
import java.util.Optional;

/**
 * Says why a partition of a group in stream mode does or does not move. What stops everything comes
 * first, and of two causes the outer one, since to mend the inner one would change nothing:
 *
 * <ol>
 *   <li>without a leader, of the group's shard or the partition's, nothing can be done at all
 *       (NO_LEADER);
 *   <li>somebody wants it to stand still (PAUSED);
 *   <li>nothing is to be done (CAUGHT_UP, or FILTER_MATCHED_NOTHING if all there is was passed
 *       over);
 *   <li>nobody is to do it (NO_MEMBER), or who does is on the way out or silent
 *       (WAITING_FOR_REVOCATION), or its user paused it (PAUSED);
 *   <li>the owner does not take what it could have, of this partition or of another one that fills
 *       its room (OUT_OF_CREDIT), the broker does not give what it has (THROTTLED), the filter
 *       passes over it (FILTER_MATCHED_NOTHING);
 *   <li>the owner takes and never says that something is done (NOT_COMMITTING);
 *   <li>else it moves (MOVING).
 * </ol>
 *
 * <p>What is the way of things for a moment is not held against anybody: an owner is out of credit
 * only if its position has not changed for {@value #STILL_MS} ms, does not commit only after
 * {@value #NOT_COMMITTING_MS} ms, and is silent after half of its lease, when it has missed a
 * heartbeat.
 */
final class Diagnosis {

    /** More than a heartbeat with the default lease: what is told by it has had time to change. */
    static final long STILL_MS = 5_000;

    /** Ten times the interval at which the SDK commits by itself. */
    static final long NOT_COMMITTING_MS = 10_000;

    private final Stream facts;
    private final Group group;
    private final Place place;
    private final Advice advice;

    private Diagnosis(Stream facts) {
        this.facts = facts;
        this.group = facts.group();
        this.place = facts.place();
        this.advice = new Advice(group, place);
    }

    /** The finding of a moment. */
    static Finding of(Stream facts) {
        return new Diagnosis(facts).find();
    }

    /** What says that a partition cannot move since nobody leads; empty: everybody was reached. */
    static Optional<Finding> leaderless(Group group, Place place, Optional<Log> log) {
        if (!group.coordinated()) {
            return Optional.of(
                    new Finding(
                            Verdict.VERDICT_NO_LEADER,
                            "shard %d, which the group lives on, has no leader that answers: nobody can join, commit or be given a partition"
                                    .formatted(group.shard()),
                            Advice.SHARDS));
        }
        return log.isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Finding(
                                Verdict.VERDICT_NO_LEADER,
                                "shard %d, which partition %s is on, has no leader that answers"
                                        .formatted(place.shard(), place),
                                Advice.SHARDS));
    }

    private Finding find() {
        Optional<Finding> leaderless = leaderless(group, place, facts.log());
        if (leaderless.isPresent()) {
            return leaderless.get();
        }
        Log log = facts.log().orElseThrow();
        if (group.paused()) {
            return new Finding(
                    Verdict.VERDICT_PAUSED,
                    "the group is paused; " + backlog(log),
                    advice.resume());
        }
        Progress progress = facts.owner().flatMap(Owner::progress).orElse(null);
        if (isDone(log, progress)) {
            return done(log, progress);
        }
        if (facts.owner().isEmpty()) {
            return ownerless(log);
        }
        return owned(log, facts.owner().get(), progress);
    }

    /** Nothing is open; what nobody has committed counts as read by who stands at the end. */
    private boolean isDone(Log log, Progress progress) {
        if (facts.committed().isPresent()) {
            return facts.committed().getAsLong() >= log.end();
        }
        boolean atEnd =
                progress != null && progress.position() >= log.end() && progress.delivered() == 0;
        return log.start() >= log.end() || atEnd;
    }

    private Finding done(Log log, Progress progress) {
        if (progress != null && matchedNothing(progress)) {
            return filtered(log, progress);
        }
        return Finding.fine(
                Verdict.VERDICT_CAUGHT_UP,
                log.start() >= log.end() && facts.committed().isEmpty()
                        ? "the log holds no records"
                        : "all records below %d are done".formatted(log.end()));
    }

    private Finding ownerless(Log log) {
        return place.followers() == 0
                ? new Finding(
                        Verdict.VERDICT_NO_MEMBER,
                        "no member follows topic %s; %s".formatted(place.topic(), backlog(log)),
                        advice.follow())
                : new Finding(
                        Verdict.VERDICT_NO_MEMBER,
                        "%s topic %s, and nobody was given it yet; %s"
                                .formatted(place.following(), place.topic(), backlog(log)),
                        advice.members());
    }

    private Finding owned(Log log, Owner owner, Progress progress) {
        if (owner.revocation().isPresent()) {
            return new Finding(
                    Verdict.VERDICT_WAITING_FOR_REVOCATION,
                    revoked(owner, owner.revocation().get()),
                    advice.members());
        }
        if (owner.silentMs() * 2 >= owner.leaseMs()) {
            return new Finding(
                    Verdict.VERDICT_WAITING_FOR_REVOCATION,
                    "%s has been silent for %s; unless it is heard again, others get the partition in %s"
                            .formatted(
                                    named(owner),
                                    Spans.of(owner.silentMs()),
                                    Spans.of(Math.max(0, owner.leaseMs() - owner.silentMs()))),
                    advice.members());
        }
        if (progress != null && progress.paused()) {
            return new Finding(
                    Verdict.VERDICT_PAUSED,
                    "the user of %s paused it at offset %d; %s"
                            .formatted(named(owner), progress.position(), backlog(log)),
                    advice.members());
        }
        if (progress != null && progress.outOfCredit() && progress.stillMs() >= STILL_MS) {
            return new Finding(
                    Verdict.VERDICT_OUT_OF_CREDIT,
                    "the user of %s has taken nothing for %s, at offset %d; %s"
                            .formatted(
                                    named(owner),
                                    Spans.of(progress.stillMs()),
                                    progress.position(),
                                    backlog(log)),
                    advice.members());
        }
        Optional<Finding> crowdedOut = crowdedOut(log, owner, progress);
        if (crowdedOut.isPresent()) {
            return crowdedOut.get();
        }
        if (progress == null) {
            return committing(log, owner);
        }
        if (!progress.filter().isEmpty() && log.heldBack().contains(progress.filter())) {
            return new Finding(
                    Verdict.VERDICT_THROTTLED,
                    "the broker tests filter `%s` of %s in turns with its other work: %s records passed over, %s delivered, at offset %d of %d"
                            .formatted(
                                    progress.filter(),
                                    named(owner),
                                    progress.filtered(),
                                    progress.delivered(),
                                    progress.position(),
                                    log.end()),
                    advice.brokers());
        }
        return matchedNothing(progress) ? filtered(log, progress) : committing(log, owner);
    }

    /**
     * One room is for all partitions of a member: who takes nothing of one gets none of another.
     */
    private Optional<Finding> crowdedOut(Log log, Owner owner, Progress progress) {
        boolean waits =
                progress == null
                        || progress.position() < log.end() && progress.stillMs() >= STILL_MS;
        return owner.untaken()
                .filter(other -> waits && other.stillMs() >= STILL_MS)
                .map(
                        other ->
                                new Finding(
                                        Verdict.VERDICT_OUT_OF_CREDIT,
                                        "the user of %s has taken nothing for %s, and its room is filled by %s; %s"
                                                .formatted(
                                                        named(owner),
                                                        Spans.of(other.stillMs()),
                                                        other.partition(),
                                                        backlog(log)),
                                        advice.members()));
    }

    private Finding committing(Log log, Owner owner) {
        Progress progress = owner.progress().orElse(null);
        long still = facts.uncommittedMs();
        if (still < NOT_COMMITTING_MS) {
            return Finding.fine(Verdict.VERDICT_MOVING, moving(log, owner));
        }
        long committed = facts.committed().orElse(0);
        if (facts.committed().isPresent() && committed < log.start()) {
            return new Finding(
                    Verdict.VERDICT_NOT_COMMITTING,
                    "the offsets %d to %d were gone before the group had read them, and %s does not go on after them"
                            .formatted(committed, log.start() - 1, named(owner)),
                    advice.seekToEarliest());
        }
        return new Finding(
                Verdict.VERDICT_NOT_COMMITTING,
                notCommitting(log, owner, progress, still),
                advice.members());
    }

    private String notCommitting(Log log, Owner owner, Progress progress, long still) {
        String commits =
                facts.committed().isPresent()
                        ? "has committed nothing beyond %d for %s"
                                .formatted(facts.committed().getAsLong(), Spans.of(still))
                        : "has never committed anything, for %s".formatted(Spans.of(still));
        if (progress == null) {
            return "%s %s; it does not say how far it reads; %s"
                    .formatted(named(owner), commits, backlog(log));
        }
        return "%s %s; it has read up to %d and was given %d records; %s"
                .formatted(
                        named(owner),
                        commits,
                        progress.position(),
                        progress.delivered(),
                        backlog(log));
    }

    private String moving(Log log, Owner owner) {
        return owner.progress()
                .map(
                        progress ->
                                "%s reads at offset %d; %s"
                                        .formatted(named(owner), progress.position(), backlog(log)))
                .orElseGet(() -> "%s has it; %s".formatted(named(owner), backlog(log)));
    }

    private String revoked(Owner owner, Revocation revocation) {
        String next =
                revocation.next().equals(owner.memberId())
                        ? "it gets the partition anew then"
                        : "member %s waits for it".formatted(revocation.next());
        return "%s has been told for %s to give it up, and %s; it is taken away in %s"
                .formatted(
                        named(owner),
                        Spans.of(revocation.waitingMs()),
                        next,
                        Spans.of(revocation.remainingMs()));
    }

    private Finding filtered(Log log, Progress progress) {
        return new Finding(
                Verdict.VERDICT_FILTER_MATCHED_NOTHING,
                "filter `%s` has matched none of %d records, up to offset %d of %d"
                        .formatted(
                                progress.filter(),
                                progress.filtered(),
                                progress.position(),
                                log.end()),
                advice.look());
    }

    private static boolean matchedNothing(Progress progress) {
        return progress.filtered() > 0 && progress.delivered() == 0;
    }

    private String backlog(Log log) {
        long open = Math.max(0, log.end() - facts.committed().orElse(log.start()));
        return facts.committed().isPresent()
                ? "%d records are not done".formatted(open)
                : "nothing is committed, the log holds %d records".formatted(open);
    }

    private static String named(Owner owner) {
        return owner.address().isEmpty()
                ? "member " + owner.memberId()
                : "member %s at %s".formatted(owner.memberId(), owner.address());
    }
}
