package io.millrace.broker.coordinator;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.GroupCommand.JoinGroup;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.JoinRefused;
import io.millrace.broker.group.GroupResult.Joined;
import io.millrace.broker.group.GroupResult.Joins;
import io.millrace.broker.group.MemberStay;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Those who wait to become members. Who waits together joins by one entry, so that many who come at
 * once are shared out once. Used on the coordinator's lane.
 */
final class Admission {

    private static final int MAX_WAITING = GroupLimits.MAX_MEMBERS;
    private static final long MAX_WAITING_BYTES = 32L << 20;
    private static final long MAX_ENTRY_BYTES = 4L << 20;
    private static final int RETRY_MS = 500;

    /** Somebody at the door. */
    record Waiting(MemberSession session, JoinRequest asked) {}

    private final long groupId;
    private final GroupLog log;
    private final Supplier<ClusterImage> image;
    private final BiConsumer<MemberSession, MemberStay> admitted;
    private final BiConsumer<MemberSession, MillraceException> refused;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean proposing;

    /**
     * @param image the cluster map as known here
     * @param admitted hears of the stay that somebody has got
     * @param refused hears who got none, and why
     */
    Admission(
            long groupId,
            GroupLog log,
            Supplier<ClusterImage> image,
            BiConsumer<MemberSession, MemberStay> admitted,
            BiConsumer<MemberSession, MillraceException> refused) {
        this.groupId = groupId;
        this.log = log;
        this.image = image;
        this.admitted = admitted;
        this.refused = refused;
    }

    /** Somebody wants to be a member; {@link #propose} comes soon. */
    void join(MemberSession session, JoinRequest asked) {
        boolean full =
                waiting.size() >= MAX_WAITING
                        || waitingBytes + asked.bytes() > MAX_WAITING_BYTES && !waiting.isEmpty();
        if (full) {
            refused.accept(
                    session,
                    MillraceException.of(
                                    ErrorCode.OVERLOADED,
                                    "%,d members wait to join group \"%s\"; try again a little later"
                                            .formatted(waiting.size(), asked.group()))
                            .withRetryAfterMs(RETRY_MS));
            return;
        }
        waiting.add(new Waiting(session, asked));
        waitingBytes += asked.bytes();
    }

    /** Proposes those who wait, unless others are under way: they come with the next entry then. */
    void propose() {
        List<Waiting> next = proposing ? List.of() : takeNext();
        if (next.isEmpty()) {
            return;
        }
        proposing = true;
        log.propose(
                new JoinGroup(
                        groupId,
                        newestPartitionId(),
                        next.stream().map(one -> one.asked().joining()).toList()),
                result -> applied(next, result),
                failure -> {
                    proposing = false;
                    next.forEach(one -> refused.accept(one.session(), failure));
                    propose();
                });
    }

    /** Of each topic the last partition is the newest. */
    private long newestPartitionId() {
        long newest = 0;
        for (TopicImage topic : image.get().topics().values()) {
            int count = topic.partitions().size();
            if (count > 0) {
                newest = Math.max(newest, topic.partitions().get(count - 1).partitionId());
            }
        }
        return newest;
    }

    /** Nobody who waits is to join here any more. */
    void refuseAll(MillraceException why) {
        takeAll().forEach(one -> refused.accept(one.session(), why));
    }

    /** Whether nobody wants to join. */
    boolean isEmpty() {
        return waiting.isEmpty() && !proposing;
    }

    /** Hands those back who wait. */
    List<Waiting> takeAll() {
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        waitingBytes = 0;
        return all;
    }

    private List<Waiting> takeNext() {
        List<Waiting> taken = new ArrayList<>();
        long bytes = 0;
        while (!waiting.isEmpty()) {
            Waiting next = waiting.peek();
            bytes += next.asked().bytes();
            if (bytes > MAX_ENTRY_BYTES && !taken.isEmpty()) {
                break;
            }
            waiting.poll();
            waitingBytes -= next.asked().bytes();
            if (next.session().isEnded()) {
                bytes -= next.asked().bytes();
            } else {
                taken.add(next);
            }
        }
        return taken;
    }

    private void applied(List<Waiting> joined, GroupResult result) {
        proposing = false;
        List<JoinOutcome> outcomes = ((Joins) result).outcomes();
        for (int i = 0; i < joined.size(); i++) {
            MemberSession session = joined.get(i).session();
            if (outcomes.get(i) instanceof Joined stay) {
                admitted.accept(session, stay.stay());
            } else {
                JoinRefused refusal = (JoinRefused) outcomes.get(i);
                refused.accept(session, JoinRequest.refusal(refusal.code(), refusal.message()));
            }
        }
        propose();
    }
}
