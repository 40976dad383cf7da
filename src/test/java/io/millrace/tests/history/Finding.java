package io.millrace.tests.history;

/**
 * One thing that is wrong.
 *
 * @param anomaly what
 * @param partition where
 * @param offset at which offset; -1: at none
 * @param value which record, see {@link Value}; 0: none
 * @param timeNanos when it was seen, or sent
 * @param detail what makes it wrong
 */
public record Finding(
        Anomaly anomaly, int partition, long offset, long value, long timeNanos, String detail) {

    String text(long startNanos) {
        return "partition %d offset %d record %s at %.3f s: %s"
                .formatted(
                        partition,
                        offset,
                        value == 0 ? "-" : Value.text(value),
                        (timeNanos - startNanos) / 1e9,
                        detail);
    }
}
