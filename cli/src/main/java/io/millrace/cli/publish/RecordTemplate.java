package io.millrace.cli.publish;

import io.millrace.client.publish.OutgoingRecord;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.util.List;
import java.util.OptionalInt;

/**
 * Makes a record of a line.
 *
 * @param topic where it goes
 * @param partition the partition it must go to; empty: by its key, or any
 * @param separator what stands between key and value; null: there are no keys
 * @param headers given to every record
 */
record RecordTemplate(
        String topic, OptionalInt partition, KeySeparator separator, List<Header> headers) {
    /** The longest line that fits into a batch of the topic, in bytes. */
    int maxLineBytes(final long maxBatchBytes) {
        final long frame =
                BatchHeader.SIZE
                        + RecordBatchBuilder.maxBytesOf(new Record(0, null, null, headers));
        return (int) Math.max(0, Math.min(maxBatchBytes, Integer.MAX_VALUE >> 1) - frame);
    }

    /**
     * The record of a line.
     *
     * @param number the line's number, for the error
     */
    OutgoingRecord record(final byte[] line, final long number) {
        final OutgoingRecord.Builder record = OutgoingRecord.to(topic);
        if (partition.isPresent()) {
            record.partition(partition.getAsInt());
        }
        if (separator == null) {
            record.value(line);
        } else {
            final KeySeparator.Split split = separator.split(line, number);
            record.key(split.key()).value(split.value());
        }
        headers.forEach(record::header);
        return record.build();
    }
}
