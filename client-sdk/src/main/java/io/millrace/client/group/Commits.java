package io.millrace.client.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.membership.Membership;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.CommitRefusal;
import io.millrace.v1.CommitResult;
import io.millrace.v1.CommittedOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes progress of a member durable. Thread-safe. */
final class Commits {
    private static final Logger log = LoggerFactory.getLogger(Commits.class);
    private static final int MAX_PARTITIONS = 10_000;

    private final Member member;
    private final Membership membership;
    private final Cluster cluster;
    private final AtomicBoolean committing = new AtomicBoolean();
    private final Map<TopicPartition, MillraceException> lost = new LinkedHashMap<>();

    Commits(Member member, Membership membership, Cluster cluster) {
        this.member = member;
        this.membership = membership;
        this.cluster = cluster;
    }

    /**
     * Commits everything that was given. Fails if something that was given and not committed has
     * been lost since the commit before.
     */
    CompletableFuture<Void> all() {
        MillraceException problem = null;
        Map<Held, CommittedOffset> offsets;
        member.lock().lock();
        try {
            if (!lost.isEmpty()) {
                problem = lost.values().iterator().next().with("partitions", lost.keySet());
                lost.clear();
            }
            member.held().values().forEach(Held::finishedAll);
            offsets = done();
        } finally {
            member.lock().unlock();
        }
        member.news().fire();
        CompletableFuture<Void> answer = send(offsets);
        if (problem == null) {
            return answer;
        }
        MillraceException failure = problem;
        return answer.thenRun(
                () -> {
                    throw failure;
                });
    }

    /** Commits positions of the user's own; all of their partitions must be held. */
    CompletableFuture<Void> positions(Map<TopicPartition, CommitPosition> positions) {
        if (positions.size() > MAX_PARTITIONS) {
            throw new IllegalArgumentException(
                    positions.size() + " partitions; at most " + MAX_PARTITIONS + " at a time");
        }
        Map<Held, CommittedOffset> offsets = new LinkedHashMap<>();
        member.lock().lock();
        try {
            for (Map.Entry<TopicPartition, CommitPosition> entry : positions.entrySet()) {
                Held stay = member.held().get(entry.getKey());
                if (stay == null || stay.isGivenUp()) {
                    return CompletableFuture.failedFuture(notAssigned(entry.getKey()));
                }
                CommitPosition position = entry.getValue();
                offsets.put(stay, stay.commit(position.offset(), position.metadata()));
            }
        } finally {
            member.lock().unlock();
        }
        return send(offsets);
    }

    /** Commits what is done, unless a commit before is still under way. */
    void auto() {
        if (!committing.compareAndSet(false, true)) {
            return;
        }
        Map<Held, CommittedOffset> offsets;
        member.lock().lock();
        try {
            offsets = done();
        } finally {
            member.lock().unlock();
        }
        send(offsets)
                .whenComplete(
                        (done, problem) -> {
                            committing.set(false);
                            if (problem != null) {
                                // What is not committed is tried again, or has been lost.
                                log.debug("an automatic commit failed: {}", problem.toString());
                            }
                        });
    }

    /** What is done and not committed. Under the member's lock. */
    Map<Held, CommittedOffset> done() {
        Map<Held, CommittedOffset> offsets = new LinkedHashMap<>();
        for (Held stay : member.held().values()) {
            if (!stay.isGivenUp() && stay.hasToCommit()) {
                offsets.put(stay, stay.commit(stay.done(), ""));
            }
        }
        return offsets;
    }

    /** A stay has ended; what was given of it and is not committed can never be. Under the lock. */
    void ended(Held stay) {
        if (stay.isUncommitted()) {
            lost.put(stay.partition(), notAssigned(stay.partition()));
        }
    }

    /** Nobody is going to ask. Under the lock. */
    void forgetLost() {
        lost.clear();
    }

    CompletableFuture<Void> send(Map<Held, CommittedOffset> offsets) {
        if (offsets.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return membership
                .request(List.copyOf(offsets.values()), false)
                .thenAccept(result -> accept(offsets, result));
    }

    private void accept(Map<Held, CommittedOffset> offsets, CommitResult result) {
        Set<AssignedPartition> refused = new HashSet<>();
        List<MillraceException> problems = new ArrayList<>();
        for (CommitRefusal refusal : result.getRefusedList()) {
            AssignedPartition partition = refusal.getPartition();
            refused.add(partition);
            problems.add(
                    WireError.fromDetail(refusal.getError())
                            .with("topic", partition.getTopic())
                            .with("partition", partition.getPartition()));
        }
        member.lock().lock();
        try {
            offsets.forEach(
                    (stay, offset) -> {
                        if (!refused.contains(stay.wire())) {
                            stay.committed(offset.getOffset());
                        }
                    });
        } finally {
            member.lock().unlock();
        }
        if (!problems.isEmpty()) {
            MillraceException first = problems.get(0);
            problems.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    /** Waits for an answer; the end of the lease bounds it in any case. */
    void await(CompletableFuture<Void> commit, long nanos) {
        try {
            commit.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CompletionException e) {
            throw e.getCause() instanceof MillraceException known
                    ? known
                    : MillraceException.of(
                            ErrorCode.INTERNAL, String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw unknown("the commit was not answered in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("interrupted before the commit was answered", e);
        }
    }

    private MillraceException unknown(String what, Exception cause) {
        if (cluster.isClosed()) {
            return MillraceException.of(ErrorCode.NOT_READY, "the client is closed", cause)
                    .withOutcome(WriteOutcome.UNKNOWN);
        }
        return MillraceException.of(ErrorCode.DEADLINE_EXCEEDED, what, cause);
    }

    private static MillraceException notAssigned(TopicPartition partition) {
        return MillraceException.of(
                        ErrorCode.NOT_ASSIGNED,
                        partition
                                + " is not held by this member, or was given to another one; its"
                                + " records are given again from the committed offset")
                .with("topic", partition.topic())
                .with("partition", partition.partition());
    }
}
