package io.millrace.broker.deadletters;

import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.AppendDeadLetterResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Writes copies into the dead-letter topics that are led here. One whose earlier copy is not
 * settled is not written again, as far as this broker remembers. Thread-safe; no method blocks.
 */
public final class CopyAppender {

    private static final int WAIT_S = 10;

    private final Groups groups;
    private final LocalPartitions partitions;
    private final CopyMemory memory;
    private final LongSupplier nanoTime;

    CopyAppender(
            Groups groups, LocalPartitions partitions, CopyMemory memory, LongSupplier nanoTime) {
        this.groups = groups;
        this.partitions = partitions;
        this.memory = memory;
        this.nanoTime = nanoTime;
    }

    /**
     * Writes a copy; it is durable when this is complete. Fails with a MillraceException, such as
     * NOT_LEADER.
     */
    public CompletableFuture<AppendDeadLetterResponse> append(AppendDeadLetterRequest request) {
        GroupImage group = groups.queueGroup(request.getGroup());
        String topic = GroupImage.deadLetterTopic(group.name());
        int number = request.getPartition();
        Place place = partitions.place(topic, request.getTopicId(), number);
        AppendTarget target = partitions.target(topic, request.getTopicId(), number);
        long term = target.leadingTerm();
        if (term == 0) {
            throw target.notLeading(topic + "/" + number);
        }
        ByteBuffer batch = request.getBatch().asReadOnlyByteBuffer();
        if (batch.remaining() > target.maxBatchBytes()) {
            throw MillraceException.of(
                    ErrorCode.BATCH_TOO_LARGE,
                    "the copy takes %d bytes, %s/%d takes at most %d"
                            .formatted(batch.remaining(), topic, number, target.maxBatchBytes()));
        }
        DeadLetterOrigin origin = checked(batch);
        long partitionId = place.view().partitionId();
        QueueKey key = new QueueKey(partitionId, group.groupId());
        CopyMemory.Claim claim =
                memory.claim(partitionId, origin, offset -> isGone(place, key, offset));
        if (claim.isNew()) {
            long deadline = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(WAIT_S);
            target.append(term, batch, deadline, new Written(partitionId, origin, claim));
        }
        return claim.offset()
                .thenApply(offset -> AppendDeadLetterResponse.newBuilder().setOffset(offset))
                .thenApply(AppendDeadLetterResponse.Builder::build);
    }

    /** Whether a copy is settled, or trimmed away. */
    private static boolean isGone(Place place, QueueKey key, long offset) {
        QueueProgress progress = place.shard().view().queue(key);
        return offset < place.view().log().startOffset()
                || progress != null && progress.isDone(offset);
    }

    private static DeadLetterOrigin checked(ByteBuffer batch) {
        List<Record> records;
        try {
            records = RecordBatch.validated(batch).records();
        } catch (CorruptBatchException e) {
            throw MillraceException.of(ErrorCode.CORRUPT_BATCH, e.getMessage(), e);
        }
        if (records.size() == 1) {
            DeadLetterCopy copy = DeadLetterCopy.read(records.get(0)).orElse(null);
            if (copy != null) {
                return copy.origin();
            }
        }
        throw MillraceException.of(
                        ErrorCode.INVALID_ARGUMENT, "the batch must hold one copy of a dead letter")
                .with("field", "batch");
    }

    private final class Written implements AppendTarget.AppendCallback {

        private final long partitionId;
        private final DeadLetterOrigin origin;
        private final CopyMemory.Claim claim;

        Written(long partitionId, DeadLetterOrigin origin, CopyMemory.Claim claim) {
            this.partitionId = partitionId;
            this.origin = origin;
            this.claim = claim;
        }

        @Override
        public void stored(long baseOffset, long leaderEpoch, long appendTimeMs) {
            memory.written(claim, baseOffset);
        }

        @Override
        public void duplicate(long baseOffset, long leaderEpoch, long appendTimeMs) {
            memory.written(claim, baseOffset); // never: copies have no producer
        }

        @Override
        public void refused(MillraceException reason) {
            memory.failed(partitionId, origin, claim, reason);
        }
    }
}
