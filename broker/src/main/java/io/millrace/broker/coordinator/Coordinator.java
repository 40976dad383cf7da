package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.coordinator.GroupInsight.Revocation;
import io.millrace.broker.group.AssignedPartition;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.MemberAssignment;
import io.millrace.broker.group.MemberStay;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.MemberHeartbeat;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader of a group's shard does for the group, in one term: hears its members, orders
 * what they want to be written, watches their leases, tells them what to hold. Everything that it
 * knows by itself ends with the term. All is done on its lane; methods that say so may be called on
 * any thread.
 */
final class Coordinator {

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    /** What comes within so long travels in one entry. */
    private static final Duration GATHERING = Duration.ofMillis(3);

    /** How long those who come first wait until the group is open on the shard. */
    private static final long OPEN_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final int TICKS_PER_SWEEP = 5;

    private final CoordinatorContext context;
    private final LocalShard shard;
    private final long term;
    private final long groupId;
    private final String name;
    private final TurnLoop lane;
    private final long startedNanos;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean mapChanged = new AtomicBoolean();
    private final AtomicBoolean ticked = new AtomicBoolean();
    private final Map<MemberStay, MemberSession> sessions = new HashMap<>();
    private final Map<MemberStay, ProgressNotes> notes = new HashMap<>();
    private final Standstill<PartitionKey> commits = new Standstill<>();
    private final Standstill<PartitionKey> owners = new Standstill<>();
    private final Attempts attempts = new Attempts();
    private final Admission admission;
    private final MemberChanges changes;
    private final TopicNews topics;
    private final Vigil vigil;
    private GroupState group;
    private Map<String, MemberAssignment> assignments = Map.of();
    private volatile MillraceException over;
    private boolean gathering;
    private long ticks;

    /** Since when somebody waits for the group to be open. */
    private long waitingSinceNanos;

    /** There is nothing that time could change; everything that happens ends it. */
    private volatile boolean idle;

    private long rebalances;

    /**
     * @param term the term in which this broker leads the shard
     * @param name the group's name
     */
    Coordinator(
            CoordinatorContext context, LocalShard shard, long term, long groupId, String name) {
        this.context = context;
        this.shard = shard;
        this.term = term;
        this.groupId = groupId;
        this.name = name;
        this.lane = new TurnLoop(context.executor());
        this.startedNanos = context.nanoTime().getAsLong();
        GroupLog log = new GroupLog(shard, term, lane, name, context.listener());
        this.admission =
                new Admission(groupId, log, context.image(), this::admitted, this::refused);
        this.changes =
                new MemberChanges(context, groupId, name, log, lane, this::gather, this::hinted);
        this.topics = new TopicNews(log);
        this.vigil = new Vigil(log, startedNanos);
    }

    /** Any thread. */
    void run(Runnable task) {
        lane.post(task);
    }

    /** The term in which it is the coordinator. Any thread. */
    long term() {
        return term;
    }

    /** Whether it does nothing any more. Any thread. */
    boolean isOver() {
        return over != null;
    }

    /** Whether this broker leads the shard in this coordinator's term. Any thread. */
    boolean leads() {
        return shard.shard().leadingTerm() == term && context.shards().has(shard);
    }

    /** The group is another than before. Any thread. */
    void groupChanged() {
        once(changed, this::refresh);
    }

    /** The cluster map is another than before. Any thread. */
    void mapChanged() {
        once(mapChanged, this::followTopics);
    }

    /** Time has passed. Any thread; a coordinator that lags behind hears of it once. */
    void tick() {
        if (!idle) {
            once(ticked, this::ticked);
        }
    }

    private void once(AtomicBoolean pending, Runnable task) {
        if (pending.compareAndSet(false, true)) {
            lane.post(
                    () -> {
                        pending.set(false);
                        if (over == null) {
                            task.run();
                        }
                    });
        }
    }

    /** This broker does not lead the shard any more. Any thread. */
    void close() {
        lane.post(() -> endAll(notLeading()));
    }

    /** Somebody wants to be a member, or to go on as one. Any thread. */
    void join(MemberSession session, JoinRequest asked) {
        lane.post(() -> takeJoin(session, asked));
    }

    /** What is known here. Any thread. */
    CompletableFuture<GroupInsight> insight() {
        CompletableFuture<GroupInsight> answer = new CompletableFuture<>();
        lane.post(
                () -> {
                    refresh();
                    if (over != null) {
                        answer.completeExceptionally(over);
                    } else if (group == null) {
                        answer.completeExceptionally(Reasons.notOpen(name));
                    } else {
                        answer.complete(look());
                    }
                });
        return answer;
    }

    // From here on: on the lane.

    private void takeJoin(MemberSession session, JoinRequest asked) {
        idle = false;
        refresh();
        if (over != null) {
            session.end(over);
        } else if (!leads()) {
            session.end(notLeading());
        } else if (!attempts.isNewest(asked.joining().memberId(), asked.attempt())) {
            session.end(Reasons.overtaken(asked.joining().memberId()));
        } else if (group == null) {
            awaitOpening(session, asked);
        } else if (asked.isResumption()) {
            resume(session, new MemberStay(asked.joining().memberId(), asked.memberEpoch()));
        } else if (isFull(asked)) {
            session.end(Reasons.full(group));
        } else {
            admission.join(session, asked);
            gather();
        }
    }

    private void awaitOpening(MemberSession session, JoinRequest asked) {
        if (admission.isEmpty()) {
            waitingSinceNanos = context.nanoTime().getAsLong();
        }
        admission.join(session, asked);
    }

    private boolean isFull(JoinRequest asked) {
        return group.members().size() >= group.config().maxMembers()
                && !group.members().containsKey(asked.joining().memberId())
                && !asked.joining().isStatic();
    }

    private void resume(MemberSession session, MemberStay stay) {
        if (!group.isPresent(stay)) {
            session.end(Reasons.fenced(stay));
        } else if (vigil.isExpiring(stay)) {
            session.end(Reasons.expiring(stay));
        } else {
            attach(session, stay);
        }
    }

    private void admitted(MemberSession session, MemberStay stay) {
        refresh();
        if (group != null && group.isPresent(stay)) {
            attach(session, stay);
        } else {
            session.end(over == null ? Reasons.fenced(stay) : over);
        }
    }

    private void refused(MemberSession session, MillraceException why) {
        session.end(hinted(why));
    }

    /** Whoever meets the end of a leadership is to know where to go on. */
    private MillraceException hinted(MillraceException why) {
        return Failures.isOfLeadership(why) ? notLeading() : why;
    }

    /** The newer stream of a stay takes the place of the older one, which is mostly a dead one. */
    private void attach(MemberSession session, MemberStay stay) {
        if (session.isEnded()) {
            return;
        }
        Member member = group.members().get(stay.memberId());
        MemberSession former = sessions.put(stay, session);
        if (former != null) {
            former.end(Reasons.replaced());
        }
        vigil.tell(member);
        session.joined(this, stay, MemberMessages.joined(context.handshake(), group, member));
        session.want(assignment(stay), group.paused());
        session.requestMore();
    }

    /** A stream has ended; the stay goes on. */
    void detached(MemberSession session) {
        sessions.remove(session.stay(), session);
    }

    /** A member has said something. */
    void take(MemberSession session, MemberRequest request) {
        if (session.isEnded() && !request.hasLeave()) {
            return; // a farewell counts even if the stream was closed right after it
        }
        if (!leads()) {
            session.end(notLeading()); // nobody is to believe a leader of the past
            return;
        }
        if (!vigil.renew(session.stay())) {
            refresh();
            session.end(Reasons.fenced(session.stay()));
            return;
        }
        try {
            switch (request.getRequestCase()) {
                case HEARTBEAT -> heartbeat(session, request.getHeartbeat());
                case COMMIT, RELEASE, LEAVE -> changes.take(session, request, group);
                case JOIN -> throw Failures.invalid("request", "a stream is joined once");
                case REQUEST_NOT_SET -> throw Failures.invalid("request", "the message is empty");
            }
        } catch (MillraceException e) {
            session.end(e);
            return;
        }
        session.requestMore();
    }

    private void heartbeat(MemberSession session, MemberHeartbeat heartbeat) {
        notes.computeIfAbsent(session.stay(), ProgressNotes::new)
                .note(heartbeat.getProgressList(), group, context.nanoTime().getAsLong());
        if (!vigil.isExpiring(session.stay())) {
            session.send(MemberMessages.heartbeat(heartbeat.getSequence(), group.groupEpoch()));
        }
    }

    private void gather() {
        if (!gathering) {
            gathering = true;
            context.alarm().accept(GATHERING, () -> lane.post(this::gathered));
        }
    }

    private void gathered() {
        gathering = false;
        if (over == null && group != null) {
            admission.propose();
            changes.propose();
        }
    }

    /** Takes note of what the group is now. */
    private void refresh() {
        GroupState next = shard.view().groups().group(groupId).orElse(null);
        if (over != null || next == group) {
            if (next == null && shard.view().groups().isDropped(groupId)) {
                endAll(Reasons.deleted(name));
            }
            return;
        }
        if (next == null) {
            endAll(Reasons.deleted(name));
            return;
        }
        GroupState before = group;
        group = next;
        idle = false;
        vigil.keep(next);
        if (before == null) {
            opened();
        } else if (before.groupEpoch() != next.groupEpoch()) {
            if (before.owners() != next.owners()) {
                rebalances++;
                context.listener().rebalanced(name);
            }
            tellMembers(before.members() != next.members());
            if (before.config().leaseMs() != next.config().leaseMs()) {
                renewLeases();
            }
            followTopics();
        }
    }

    private void opened() {
        LOG.info(
                "coordinating group={} shard={} term={} members={}",
                name,
                shard.shard().id(),
                term,
                group.members().size());
        assignments = group.assignments();
        followTopics();
        admission.takeAll().forEach(one -> takeJoin(one.session(), one.asked()));
    }

    private void tellMembers(boolean membersChanged) {
        assignments = group.assignments();
        if (membersChanged) {
            notes.keySet().removeIf(stay -> !group.isPresent(stay));
        }
        for (MemberSession session : List.copyOf(sessions.values())) {
            if (!membersChanged || group.isPresent(session.stay())) {
                session.want(assignment(session.stay()), group.paused());
            } else {
                sessions.remove(session.stay());
                session.end(Reasons.fenced(session.stay()));
            }
        }
    }

    /** Leases are told when a stream begins. */
    private void renewLeases() {
        for (MemberSession session : List.copyOf(sessions.values())) {
            if (vigil.isOutdated(session.stay())) {
                sessions.remove(session.stay());
                session.end(Reasons.otherLease());
            }
        }
    }

    private MemberAssignment assignment(MemberStay stay) {
        return assignments.getOrDefault(stay.memberId(), MemberAssignment.NONE);
    }

    /** What a member is told of an assignment. */
    MemberResponse describe(MemberAssignment assignment) {
        return MemberMessages.assignment(group, assignment, vigil.revocations());
    }

    private void followTopics() {
        if (group != null) {
            idle = false;
            topics.tell(group, context.image().get());
        }
    }

    private void ticked() {
        refresh();
        long now = context.nanoTime().getAsLong();
        if (over != null) {
            return;
        }
        if (group == null) {
            if (now - waitingSinceNanos - OPEN_PATIENCE_NANOS >= 0) {
                admission.refuseAll(Reasons.notOpen(name));
            }
            return;
        }
        vigil.tick(group, now);
        changes.tick();
        admission.propose();
        followTopics();
        if (++ticks % TICKS_PER_SWEEP == 0) {
            noteProgress(now);
        }
        if (admission.isEmpty()) {
            attempts.keep(group.members().keySet());
        }
        idle =
                group.members().isEmpty()
                        && sessions.isEmpty()
                        && admission.isEmpty()
                        && changes.isEmpty()
                        && topics.isTold();
    }

    private void noteProgress(long now) {
        group.offsets()
                .forEach((partition, offset) -> commits.note(partition, offset.offset(), now));
        if (commits.size() > group.offsets().size()) {
            commits.forget(partition -> !group.offsets().containsKey(partition));
        }
        group.owners()
                .forEach(
                        (partition, owner) -> owners.note(partition, owner.assignmentEpoch(), now));
        if (owners.size() > group.owners().size()) {
            owners.forget(partition -> !group.owners().containsKey(partition));
        }
    }

    private GroupInsight look() {
        long now = context.nanoTime().getAsLong();
        Map<MemberStay, MemberInsight> members = new HashMap<>();
        for (Member member : group.members().values()) {
            MemberStay stay = member.stay();
            ProgressNotes noted = notes.get(stay);
            members.put(
                    stay,
                    new MemberInsight(
                            sessions.containsKey(stay),
                            vigil.silentMs(stay),
                            noted == null ? Map.of() : noted.progress(group, now)));
        }
        Map<AssignedPartition, Revocation> revoked = new HashMap<>();
        assignments.values().stream()
                .flatMap(assignment -> assignment.revoked().stream())
                .forEach(one -> revoked.put(one, vigil.revocation(one)));
        noteProgress(now);
        Map<PartitionKey, Long> still = new HashMap<>();
        group.offsets()
                .keySet()
                .forEach(partition -> still.put(partition, commits.stillMs(partition, now)));
        Map<PartitionKey, Long> owned = new HashMap<>();
        group.owners()
                .keySet()
                .forEach(partition -> owned.put(partition, owners.stillMs(partition, now)));
        long leadingMs = TimeUnit.NANOSECONDS.toMillis(now - startedNanos);
        return new GroupInsight(
                group,
                term,
                leadingMs,
                members,
                revoked,
                still,
                owned,
                rebalances,
                topics.leftOut());
    }

    private void endAll(MillraceException why) {
        if (over != null) {
            return;
        }
        over = why;
        admission.refuseAll(why);
        List<MemberSession> all = new ArrayList<>(sessions.values());
        sessions.clear();
        all.forEach(session -> session.end(why));
        LOG.info(
                "no longer coordinating group={} shard={} term={}: {}",
                name,
                shard.shard().id(),
                term,
                why.getMessage());
    }

    private MillraceException notLeading() {
        return context.redirects().notLeading("group \"" + name + "\"", shard.shard().id());
    }
}
