package io.millrace.broker.receiving;

import io.millrace.v1.Credit;

/** What a receiver may still be sent. Guarded by its session. */
final class ReceiveCredit {

    private static final long MAX_BALANCE = 1L << 40;

    private long records;
    private long bytes;

    void add(Credit more) {
        records = Math.min(MAX_BALANCE, records + more.getRecords());
        bytes = Math.min(MAX_BALANCE, bytes + more.getBytes());
    }

    /** Negative numbers give back. The bytes may be overdrawn, by a record or a few. */
    void spend(long spentRecords, long spentBytes) {
        records -= spentRecords;
        bytes -= spentBytes;
    }

    /** How many records may go out now, as far as one knows. */
    int records() {
        return bytes <= 0 ? 0 : (int) Math.max(0, Math.min(Integer.MAX_VALUE, records));
    }
}
