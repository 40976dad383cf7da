package io.millrace.broker.publishing;

import io.millrace.protocol.TopicName;
import io.millrace.protocol.batch.BatchBytes;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.v1.BatchAppend;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The partitions that one publish stream sends to. Confined to its session's lock. */
final class PartitionStreams {

    /** Partitions that one stream may send to; each costs memory for as long as it is open. */
    static final int MAX_PARTITIONS = 10_000;

    private final PublishContext context;
    private final Map<String, PartitionStream> byName = new HashMap<>();

    PartitionStreams(PublishContext context) {
        this.context = context;
    }

    /** The partition of a batch; null if this is the first batch for it. */
    PartitionStream find(BatchAppend append) {
        return byName.get(nameOf(append));
    }

    private static String nameOf(BatchAppend append) {
        return append.getTopic() + '/' + Integer.toUnsignedString(append.getPartition());
    }

    /**
     * Finds the partition of the first batch for it. A failure is remembered: were a later batch
     * taken, it would overtake this one.
     *
     * @throws MillraceException if there is no such topic or partition, or not here
     */
    PartitionStream open(BatchAppend append) {
        String name = nameOf(append);
        if (byName.size() >= MAX_PARTITIONS) {
            throw MillraceException.of(
                            ErrorCode.OVERLOADED,
                            "this stream has sent to %,d partitions, its limit; open another for %s"
                                    .formatted(MAX_PARTITIONS, name))
                    .withRetry(Retry.RESTART);
        }
        try {
            PartitionStream opened = found(append, name);
            byName.put(name, opened);
            return opened;
        } catch (MillraceException e) {
            if (append.getTopic().length() <= TopicName.MAX_LENGTH) {
                byName.put(name, PartitionStream.refused(name, append.getTopic()));
            } // a longer name is never a topic's, so no later batch can pass either
            throw e;
        }
    }

    private PartitionStream found(BatchAppend append, String name) {
        AppendTarget target =
                context.targets()
                        .target(append.getTopic(), append.getTopicId(), append.getPartition());
        long term = target.leadingTerm();
        if (term == 0) {
            throw target.notLeading(name);
        }
        return PartitionStream.open(name, append.getTopic(), append.getTopicId(), target, term);
    }

    /**
     * Checks a batch against the rules of the stream and of its partition.
     *
     * @throws MillraceException naming field, limit and way out
     */
    IncomingBatch checked(
            BatchAppend append,
            PartitionStream stream,
            long producerId,
            int producerEpoch,
            long arrivedNanos) {
        String name = stream.name();
        if (stream.failed()) {
            throw MillraceException.of(
                    ErrorCode.PREDECESSOR_FAILED,
                    "an earlier batch for "
                            + name
                            + " failed on this stream; open a new stream and send"
                            + " them again in order");
        }
        if (stream.inFlight() >= context.maxInFlight()) {
            throw PublishChecks.invalid(
                    "batch",
                    "more than %d batches for %s in flight; wait for their answers"
                            .formatted(context.maxInFlight(), name));
        }
        checkTopicId(append, stream);
        long timeoutNanos = PublishChecks.timeoutNanos(append);
        PublishChecks.checkSize(append.getBatch().size(), stream.target().maxBatchBytes(), name);
        ByteBuffer batch = BatchBytes.withRoom(append.getBatch(), AppendTarget.ROOM_BYTES);
        BatchHeader header = PublishChecks.checkBatch(batch, name, producerId, producerEpoch);
        return new IncomingBatch(
                stream,
                append.getCorrelationId(),
                batch,
                append.getBatch().size(),
                header.recordCount(),
                arrivedNanos,
                arrivedNanos + timeoutNanos);
    }

    /** The id of the first batch was checked when its partition was found. */
    private void checkTopicId(BatchAppend append, PartitionStream stream) {
        long named = append.getTopicId();
        if (named != 0 && named != stream.topicId()) {
            context.targets().target(append.getTopic(), named, append.getPartition());
            stream.checkedTopicId(named);
        }
    }
}
