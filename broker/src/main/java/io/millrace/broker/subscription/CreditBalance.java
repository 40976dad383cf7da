package io.millrace.broker.subscription;

/** What a subscriber may still be sent. Confined to its session. */
final class CreditBalance {

    private static final long MAX_BALANCE = 1L << 40;

    private long records;
    private long bytes;

    void add(long moreRecords, long moreBytes) {
        records = Math.min(MAX_BALANCE, records + moreRecords);
        bytes = Math.min(MAX_BALANCE, bytes + moreBytes);
    }

    void spend(long sentRecords, long sentBytes) {
        records -= sentRecords;
        bytes -= sentBytes;
    }

    boolean isPositive() {
        return records > 0 && bytes > 0;
    }

    /** Bytes left, at least 0 and at most {@code limit}. */
    int bytesUpTo(int limit) {
        return (int) Math.max(0, Math.min(bytes, limit));
    }
}
