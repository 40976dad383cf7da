package io.millrace.broker.deadletters;

import io.millrace.broker.queue.DeadLetterWish;
import io.millrace.broker.receiving.DeadLetter;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record that was given up, and what is told of that. In the dead-letter topic it is the record
 * itself with more headers, in front of its own: a dead letter that is given up again keeps those
 * of the first time.
 *
 * @param origin where the record is
 * @param reason the last words about it
 * @param deliveries how often it was delivered
 * @param timeMs when it was given up, milliseconds since 1970 UTC
 * @param record the record as it was
 */
record DeadLetterCopy(
        DeadLetterOrigin origin, String reason, int deliveries, long timeMs, Record record) {

    private static final String TOPIC = "millrace-dlq-topic";
    private static final String TOPIC_ID = "millrace-dlq-topic-id";
    private static final String PARTITION = "millrace-dlq-partition";
    private static final String OFFSET = "millrace-dlq-offset";
    private static final String REASON = "millrace-dlq-reason";
    private static final String DELIVERIES = "millrace-dlq-deliveries";
    private static final String TIME = "millrace-dlq-time";
    private static final String BRIEF = "left out, the copy was too large";
    private static final List<String> NAMES =
            List.of(TOPIC, TOPIC_ID, PARTITION, OFFSET, REASON, DELIVERIES, TIME);

    /** What is to be written of a record that is given up now. */
    static DeadLetterCopy of(DeadLetter letter, long timeMs) {
        DeadLetterWish wish = letter.wish();
        return new DeadLetterCopy(
                new DeadLetterOrigin(
                        letter.topic(), letter.topicId(), letter.partition(), wish.offset()),
                reason(wish),
                wish.deliveries(),
                timeMs,
                letter.record());
    }

    private static String reason(DeadLetterWish wish) {
        String words = wish.words();
        if (wish.reason() == DeadLetterWish.Reason.REJECTED) {
            return words.isEmpty() ? "rejected" : words;
        }
        String inVain = "delivered " + wish.deliveries() + " times in vain";
        return words.isEmpty() ? inVain : inVain + "; last: " + words;
    }

    /** With a few words instead of the last ones about it. */
    DeadLetterCopy brief() {
        return new DeadLetterCopy(origin, BRIEF, deliveries, timeMs, record);
    }

    /** What is written to the dead-letter topic. */
    Record asRecord() {
        List<Header> headers = new ArrayList<>(NAMES.size() + record.headers().size());
        headers.add(Header.ofText(TOPIC, origin.topic()));
        headers.add(Header.ofText(TOPIC_ID, Long.toUnsignedString(origin.topicId())));
        headers.add(Header.ofText(PARTITION, Integer.toString(origin.partition())));
        headers.add(Header.ofText(OFFSET, Long.toString(origin.offset())));
        headers.add(Header.ofText(REASON, reason));
        headers.add(Header.ofText(DELIVERIES, Integer.toString(deliveries)));
        headers.add(Header.ofText(TIME, Long.toString(timeMs)));
        headers.addAll(record.headers());
        return new Record(record.timestampMs(), record.key(), record.value(), headers);
    }

    /** Reads a record of a dead-letter topic; empty if it is not a dead letter. */
    static Optional<DeadLetterCopy> read(Record stored) {
        List<Header> headers = stored.headers();
        if (headers.size() < NAMES.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < NAMES.size(); i++) {
            Header header = headers.get(i);
            if (!header.name().equals(NAMES.get(i)) || header.value() == null) {
                return Optional.empty();
            }
        }
        try {
            DeadLetterOrigin origin =
                    new DeadLetterOrigin(
                            headers.get(0).text(),
                            Long.parseUnsignedLong(headers.get(1).text()),
                            notNegativeInt(headers.get(2)),
                            notNegative(headers.get(3)));
            int deliveries = notNegativeInt(headers.get(5));
            Record record =
                    new Record(
                            stored.timestampMs(),
                            stored.key(),
                            stored.value(),
                            headers.subList(NAMES.size(), headers.size()));
            String reason = headers.get(4).text();
            return Optional.of(
                    new DeadLetterCopy(
                            origin, reason, deliveries, notNegative(headers.get(6)), record));
        } catch (NumberFormatException e) {
            return Optional.empty(); // somebody else's record, whatever it is
        }
    }

    private static int notNegativeInt(Header header) {
        long value = notNegative(header);
        if (value > Integer.MAX_VALUE) {
            throw new NumberFormatException(header.name() + " is too large");
        }
        return (int) value;
    }

    private static long notNegative(Header header) {
        long value = Long.parseLong(header.text());
        if (value < 0) {
            throw new NumberFormatException(header.name() + " is negative");
        }
        return value;
    }
}
