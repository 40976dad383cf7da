package io.millrace.client.group;

import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@link GroupSubscriber} over a member. */
final class PolledMember implements GroupSubscriber {
    private final Member member;

    PolledMember(Member member) {
        this.member = member;
    }

    @Override
    public List<ReceivedRecord> poll(Duration timeout) {
        member.finishedAll();
        List<ReceivedRecord> records = new ArrayList<>();
        member.take(timeout, (stay, record) -> records.add(record));
        return records;
    }

    @Override
    public void commit() {
        member.await(commitAsync());
    }

    @Override
    public CompletableFuture<Void> commitAsync() {
        return member.commits().all();
    }

    @Override
    public void commit(Map<TopicPartition, CommitPosition> positions) {
        member.await(commitAsync(positions));
    }

    @Override
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, CommitPosition> positions) {
        return member.commits().positions(positions);
    }

    @Override
    public Set<TopicPartition> assignment() {
        return member.assignment();
    }

    @Override
    public OptionalLong assignmentEpoch(TopicPartition partition) {
        return member.assignmentEpoch(partition);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        member.setPaused(partitions, true);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        member.setPaused(partitions, false);
    }

    @Override
    public void close() {
        member.close();
    }
}
