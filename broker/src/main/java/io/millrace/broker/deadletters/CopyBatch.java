package io.millrace.broker.deadletters;

import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.controller.TopicImage;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;

/**
 * The batch of a copy, made to fit: as it is; else as small as can be, since the origin's batch may
 * have been compressed; else without the words about it. Of the record itself nothing is left out.
 */
final class CopyBatch {

    private CopyBatch() {}

    /**
     * @throws MillraceException BATCH_TOO_LARGE if it does not fit however it is made, with the way
     *     out
     */
    static byte[] of(DeadLetterCopy copy, TopicImage topic) {
        int limit = topic.config().maxBatchBytes();
        byte[] batch = null;
        for (DeadLetterCopy one : List.of(copy, copy.brief())) {
            Record record = one.asRecord();
            long plainBytes = RecordBatchBuilder.maxBytesOf(record);
            if (plainBytes > BatchHeader.MAX_UNCOMPRESSED_BYTES) {
                continue;
            }
            if (plainBytes <= limit) {
                batch = build(record, Compression.NONE);
            }
            if (batch == null || batch.length > limit) {
                batch = build(record, Compression.ZSTD);
            }
            if (batch.length <= limit) {
                return batch;
            }
        }
        throw tooLarge(copy, topic, limit, batch);
    }

    private static byte[] build(Record record, Compression compression) {
        return new RecordBatchBuilder().append(record).build(compression).withoutProducer();
    }

    private static MillraceException tooLarge(
            DeadLetterCopy copy, TopicImage topic, int limit, byte[] smallest) {
        DeadLetterOrigin origin = copy.origin();
        boolean canBeRaised = smallest != null && smallest.length <= TopicConfig.MAX_BATCH_BYTES;
        String size =
                smallest == null
                        ? "more than %d bytes before compression"
                                .formatted(BatchHeader.MAX_UNCOMPRESSED_BYTES)
                        : "%d bytes, topic \"%s\" allows %d"
                                .formatted(smallest.length, topic.name(), limit);
        String wayOut =
                canBeRaised
                        ? "raise it: millrace topic set %s -c max.batch.bytes=8MiB"
                                .formatted(topic.name())
                        : ("no topic takes so much: trim the record away, and all before it; millrace"
                                        + " topic trim %s --partition %d --before %d --plan shows"
                                        + " how much that is")
                                .formatted(origin.topic(), origin.partition(), origin.offset() + 1);
        return MillraceException.of(
                        ErrorCode.BATCH_TOO_LARGE,
                        "the copy of %s takes %s; %s".formatted(origin, size, wayOut))
                .with("max.batch.bytes", limit);
    }
}
