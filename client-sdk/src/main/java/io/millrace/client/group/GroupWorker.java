package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group that calls a handler. Made by {@link GroupSubscriberBuilder#handler}.
 *
 * <p>Everything below the lowest record that is not finished is committed from time to time, when a
 * partition is given up, and at the end. A partition that is to go to another member waits for the
 * records of it that are in work; those that were not begun are left to the other. Thread-safe.
 */
public final class GroupWorker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupWorker.class);
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Member member;
    private final List<Lane> lanes = new ArrayList<>();
    private final ThreadFactory threads;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int turn;

    GroupWorker(
            Member member,
            RecordHandler handler,
            Retries retries,
            int concurrency,
            int maxInWork,
            ThreadFactory threads) {
        this.member = member;
        this.threads = threads;
        int room = Math.max(1, maxInWork / concurrency);
        for (int i = 0; i < concurrency; i++) {
            lanes.add(new Lane(member, handler, retries, room));
        }
    }

    void start() {
        member.start();
        lanes.forEach(lane -> threads.newThread(lane::run).start());
        threads.newThread(this::feed).start();
    }

    /**
     * Ends when the worker does: when it was closed, or with why it could not go on; it has left
     * the group then. A failure of the handler comes as an {@link IllegalStateException} with it as
     * the cause.
     */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** The partitions held. */
    public Set<TopicPartition> assignment() {
        return member.assignment();
    }

    /** As {@link GroupSubscriber#assignmentEpoch}. */
    public OptionalLong assignmentEpoch(TopicPartition partition) {
        return member.assignmentEpoch(partition);
    }

    /**
     * Waits for the records in work, up to the close timeout, commits and leaves the group. What
     * was not begun comes again, here or elsewhere. Not to be called by the handler.
     */
    @Override
    public void close() {
        member.close();
        end();
    }

    private void feed() {
        record Work(Held stay, ReceivedRecord record) {}
        List<Work> taken = new ArrayList<>();
        try {
            while (!member.isClosing() && member.failure() == null) {
                member.take(WAIT, (stay, record) -> taken.add(new Work(stay, record)));
                for (Work work : taken) {
                    lane(work.record()).put(work.stay(), work.record());
                }
                taken.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            member.fail(e);
        } catch (Error e) {
            member.fail(new IllegalStateException("records can no longer be taken", e));
        }
        if (!member.isClosing()) {
            log.warn("a group's handler stops: {}", String.valueOf(member.failure()));
            // Whoever has failed leaves at once: others go on with what it holds.
            member.close();
        }
        end();
    }

    private void end() {
        lanes.forEach(Lane::stop);
        RuntimeException failure = member.failure();
        if (failure == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(failure);
        }
    }

    private Lane lane(ReceivedRecord record) {
        int hash =
                record.key() == null
                        ? turn++
                        : 31 * Arrays.hashCode(record.key()) + record.partition();
        return lanes.get(Math.floorMod(hash, lanes.size()));
    }
}
