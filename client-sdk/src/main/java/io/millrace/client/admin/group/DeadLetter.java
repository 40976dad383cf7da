package io.millrace.client.admin.group;

import io.millrace.protocol.batch.Header;
import java.util.List;

/**
 * A record that a group in queue mode gave up.
 *
 * @param name where its copy is in the group's dead-letter topic
 * @param topic the record's own topic
 * @param partition its partition there
 * @param offset its offset there
 * @param timeMs when it was given up, milliseconds since 1970 UTC
 * @param deliveries how often it was delivered
 * @param reason the last words about it; may be empty
 * @param key its key; may be empty
 * @param valueStart the first 1,024 bytes of its value
 * @param valueBytes how long its value is
 * @param headers its own headers
 */
public record DeadLetter(
        DeadLetterName name,
        String topic,
        int partition,
        long offset,
        long timeMs,
        int deliveries,
        String reason,
        byte[] key,
        byte[] valueStart,
        long valueBytes,
        List<Header> headers) {}
