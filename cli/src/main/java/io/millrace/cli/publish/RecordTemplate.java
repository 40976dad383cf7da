package io.millrace.cli.publish;

import io.millrace.client.publish.OutgoingRecord;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Makes a record of a line.
 *
 * @param topic where it goes
 * @param partition the partition it must go to; empty: by its key, or any
 * @param separator what stands between key and value; null: there are no keys
 * @param headers given to every record
 * @param deliverAt when groups in queue mode may be given it; null: at once
 */
record RecordTemplate(
        String topic,
        OptionalInt partition,
        KeySeparator separator,
        List<Header> headers,
        DeliveryTime deliverAt) {
    private static final Header LONGEST_DELIVER_AT =
            Header.ofText(OutgoingRecord.DELIVER_AT_HEADER, Long.toString(Long.MAX_VALUE));

    /** The longest line that fits into a batch of the topic, in bytes. */
    int maxLineBytes(final long maxBatchBytes) {
        final List<Header> all = new ArrayList<>(headers);
        if (deliverAt != null) {
            all.add(LONGEST_DELIVER_AT);
        }
        final long frame =
                BatchHeader.SIZE + RecordBatchBuilder.maxBytesOf(new Record(0, null, null, all));
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
        if (deliverAt != null) {
            record.deliverAt(deliverAt.moment().get());
        }
        return record.build();
    }
}
