package io.millrace.tests.groups;

import io.millrace.client.MillraceClient;
import io.millrace.client.group.AssignmentListener;
import io.millrace.client.group.CommitPosition;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.error.MillraceException;
import io.millrace.tests.history.GroupHistoryWriter;
import io.millrace.tests.history.Payload;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Polls in stream mode, and commits every so often, each partition apart. */
final class StreamWork implements GroupMember.Work, AssignmentListener {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_NANOS = 200_000_000;

    private final String topic;
    private final GroupHistoryWriter history;
    private final CompletableFuture<GroupSubscriber> member = new CompletableFuture<>();

    /** Taken in turn: a loss is written down after what polls before it have given. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** By partition: the number of its stay, what comes next, and what was last to be committed. */
    private final Map<Integer, Long> epochs = new HashMap<>();

    private final Map<Integer, Long> positions = new HashMap<>();
    private final Map<Integer, Long> asked = new HashMap<>();
    private long committedAt;

    StreamWork(MillraceClient client, MemberTerms terms, GroupHistoryWriter history) {
        this.topic = terms.topic();
        this.history = history;
        member.complete(
                client.group(terms.group())
                        .topics(terms.topic())
                        .start(StartPolicy.EARLIEST)
                        .autoCommit(Duration.ZERO)
                        .lease(terms.lease())
                        .listener(this)
                        .build());
    }

    @Override
    public void step() {
        turn.lock();
        try {
            long called = System.nanoTime();
            List<ReceivedRecord> records = member.join().poll(POLL);
            if (!records.isEmpty()) {
                write(records, called);
            }
            if (called - committedAt > COMMIT_NANOS) {
                committedAt = called;
                positions.keySet().forEach(this::commit);
            }
        } finally {
            turn.unlock();
        }
    }

    private void write(List<ReceivedRecord> records, long called) {
        Set<Integer> told = new HashSet<>();
        for (ReceivedRecord record : records) {
            int partition = record.partition();
            if (told.add(partition)) {
                history.taking(partition, called);
            }
            OptionalLong value = Payload.value(record.value(), partition);
            if (value.isPresent()) {
                long epoch = epochs.get(partition);
                history.delivered(partition, epoch, record.offset(), value.getAsLong());
            } else {
                history.corrupt(partition, record.offset());
            }
            positions.put(partition, record.offset() + 1);
        }
        history.flush();
    }

    /** Commits what was given, unless that was done. In turn. */
    private CompletableFuture<Void> commit(int partition) {
        Long offset = positions.get(partition);
        if (offset == null || offset.equals(asked.get(partition))) {
            return CompletableFuture.completedFuture(null);
        }
        asked.put(partition, offset);
        long epoch = epochs.get(partition);
        long number = history.commitAsked(partition, epoch, offset);
        return member.join()
                .commitAsync(
                        Map.of(new TopicPartition(topic, partition), CommitPosition.of(offset)))
                .whenComplete(
                        (done, failure) ->
                                history.commitAnswered(
                                        partition, epoch, offset, number, failure == null));
    }

    @Override
    public Map<TopicPartition, Position> onAssigned(
            Map<TopicPartition, Optional<CommitPosition>> committed) {
        turn.lock();
        try {
            committed.forEach(
                    (each, before) -> {
                        long epoch = member.join().assignmentEpoch(each).orElseThrow();
                        history.assigned(
                                each.partition(),
                                epoch,
                                before.map(it -> OptionalLong.of(it.offset()))
                                        .orElseGet(OptionalLong::empty));
                        epochs.put(each.partition(), epoch);
                    });
        } finally {
            turn.unlock();
        }
        return Map.of();
    }

    @Override
    public void onRevoked(Set<TopicPartition> partitions) {
        CompletableFuture<?>[] commits;
        turn.lock();
        try {
            partitions.forEach(
                    each -> history.revoked(each.partition(), epochs.get(each.partition())));
            commits =
                    partitions.stream()
                            .map(each -> commit(each.partition()))
                            .toArray(CompletableFuture<?>[]::new);
            partitions.forEach(this::forget);
        } finally {
            turn.unlock();
        }
        // Others poll meanwhile: what stays must not wait for what goes.
        try {
            CompletableFuture.allOf(commits).join();
        } catch (RuntimeException e) {
            if (!(e.getCause() instanceof MillraceException)) {
                throw e;
            }
            System.err.println("a last commit failed: " + e.getCause().getMessage());
        }
    }

    @Override
    public void onLost(Set<TopicPartition> partitions) {
        turn.lock();
        try {
            // What was being given up can be lost, too; its end is written down already.
            partitions.stream()
                    .filter(each -> epochs.containsKey(each.partition()))
                    .forEach(each -> history.lost(each.partition(), epochs.get(each.partition())));
            partitions.forEach(this::forget);
        } finally {
            turn.unlock();
        }
    }

    private void forget(TopicPartition partition) {
        epochs.remove(partition.partition());
        positions.remove(partition.partition());
        asked.remove(partition.partition());
    }

    @Override
    public void close() {
        member.join().close();
    }
}
