package io.millrace.broker.receiving;

import io.millrace.broker.queue.QueueRecord;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;

/** What a queue takes from a record: its key, and when it is to be delivered. */
final class RecordHints {

    /** Not to be delivered before: milliseconds since 1970 UTC, decimal. */
    static final String DELIVER_AT = "millrace-deliver-at";

    private static final int MAX_DIGITS = 18;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private RecordHints() {}

    static QueueRecord of(long offset, Record record) {
        byte[] key = record.key();
        return new QueueRecord(
                offset, key != null, key == null ? 0 : hash(key), deliverAtMs(record));
    }

    /** FNV-1a, stirred: two keys that share a hash merely wait for each other. */
    static long hash(byte[] key) {
        long hash = FNV_OFFSET;
        for (byte b : key) {
            hash = (hash ^ b & 0xff) * FNV_PRIME;
        }
        hash ^= hash >>> 32;
        return hash;
    }

    /** The first header of that name; 0 if there is none or it is no such number. */
    private static long deliverAtMs(Record record) {
        for (Header header : record.headers()) {
            if (header.name().equals(DELIVER_AT)) {
                return number(header.value());
            }
        }
        return 0;
    }

    private static long number(byte[] digits) {
        if (digits == null || digits.length == 0 || digits.length > MAX_DIGITS) {
            return 0;
        }
        long number = 0;
        for (byte digit : digits) {
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = 10 * number + digit - '0';
        }
        return number;
    }
}
