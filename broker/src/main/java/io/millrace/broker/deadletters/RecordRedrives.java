package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.topics.LocalBarriers;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.RecordRefusal;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.RedriveRecordsResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Has records delivered again that a group had settled, wherever their leader is. Thread-safe; no
 * method blocks.
 */
public final class RecordRedrives {

    /** The most records at a time. */
    static final int MAX_RECORDS = 1_000;

    private final Groups groups;
    private final LocalPartitions partitions;
    private final QueueControl queues;
    private final Redirects redirects;
    private final RemoteDeadLetters remote;

    RecordRedrives(
            Groups groups,
            LocalPartitions partitions,
            QueueControl queues,
            Redirects redirects,
            RemoteDeadLetters remote) {
        this.groups = groups;
        this.partitions = partitions;
        this.queues = queues;
        this.redirects = redirects;
        this.remote = remote;
    }

    /**
     * Makes records undone, durably. What is not refused is delivered again, or is about to be
     * anyway. Fails with a MillraceException, such as UNKNOWN_TOPIC.
     *
     * @param forwarded whether another broker asks: nobody else is asked then
     */
    public CompletableFuture<RedriveRecordsResponse> redrive(
            RedriveRecordsRequest request, boolean forwarded) {
        int count = request.getOffsetsCount();
        if (count < 1 || count > MAX_RECORDS) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "%d offsets are named; 1 to %d are allowed"
                                    .formatted(count, MAX_RECORDS))
                    .with("field", "offsets");
        }
        GroupImage group = groups.queueGroup(request.getGroup());
        TopicImage topic = partitions.topic(request.getTopic());
        if (topic.topicId() != request.getTopicId()) {
            throw MillraceException.of(
                    ErrorCode.TOPIC_RECREATED,
                    "topic \"%s\" was deleted and created again".formatted(topic.name()));
        }
        LocalPartitions.checkNumber(topic, request.getPartition());
        int shard = topic.partitions().get(request.getPartition()).shard();
        if (partitions.leads(shard)) {
            Place place = partitions.place(topic.name(), topic.topicId(), request.getPartition());
            return LocalBarriers.pass(place.shard(), redirects)
                    .thenCompose(passed -> here(request, group, place));
        }
        String address = forwarded ? "" : redirects.leaderAddress(shard);
        if (address.isEmpty()) {
            throw redirects.notLeading(topic.name() + "/" + request.getPartition(), shard);
        }
        return remote.redriveRecords(address, request);
    }

    private CompletableFuture<RedriveRecordsResponse> here(
            RedriveRecordsRequest request, GroupImage group, Place place) {
        String name = request.getTopic() + "/" + request.getPartition();
        long start = place.view().log().startOffset();
        long end = place.view().log().endOffset();
        if (!place.view().exists()) {
            throw MillraceException.of(
                    ErrorCode.UNKNOWN_TOPIC,
                    "topic \"%s\" was deleted meanwhile".formatted(request.getTopic()));
        }
        QueueKey key = new QueueKey(place.view().partitionId(), group.groupId());
        if (place.shard().view().queue(key) == null) {
            throw MillraceException.of(
                    ErrorCode.UNKNOWN_GROUP,
                    "group \"%s\" has not received from %s since it was created"
                            .formatted(group.name(), name));
        }
        RedriveRecordsResponse.Builder response = RedriveRecordsResponse.newBuilder();
        long[] wanted =
                request.getOffsetsList().stream()
                        .mapToLong(Long::longValue)
                        .filter(offset -> offset >= start && offset < end)
                        .toArray();
        refuse(
                response,
                request,
                offset ->
                        offset >= 0 && offset < start
                                ? trimmed(name, offset, start)
                                : offset < 0 || offset >= end ? neverWritten(name, end) : null);
        if (wanted.length == 0 || request.getValidateOnly()) {
            return CompletableFuture.completedFuture(response.build());
        }
        return queues.redrive(key, OffsetSet.of(wanted))
                .thenApply(
                        redriven -> {
                            refuse(
                                    response,
                                    request,
                                    offset ->
                                            redriven.givingUp().contains(offset)
                                                    ? beingGivenUp(name, offset)
                                                    : null);
                            return response.build();
                        });
    }

    private static void refuse(
            RedriveRecordsResponse.Builder response,
            RedriveRecordsRequest request,
            Function<Long, MillraceException> rule) {
        for (long offset : request.getOffsetsList()) {
            MillraceException why = rule.apply(offset);
            if (why != null) {
                response.addRefused(
                        RecordRefusal.newBuilder()
                                .setOffset(offset)
                                .setError(WireError.toDetail(why)));
            }
        }
    }

    private static MillraceException trimmed(String name, long offset, long start) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "record %d of %s does not exist any more, its log starts at %d"
                                .formatted(offset, name, start))
                .with("log_start_offset", start);
    }

    private static MillraceException neverWritten(String name, long end) {
        return MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "%s has no such record, its log ends at %d".formatted(name, end))
                .with("log_end_offset", end);
    }

    private static MillraceException beingGivenUp(String name, long offset) {
        return MillraceException.of(
                        ErrorCode.CHANGE_REFUSED,
                        "record %d of %s is just being given up; try again in a moment"
                                .formatted(offset, name))
                .withRetry(Retry.SAME);
    }
}
