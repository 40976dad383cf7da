package io.millrace.perf.bench;

import io.millrace.perf.measure.DeliveryVerifier;
import io.millrace.perf.measure.OffsetVerifier;
import io.millrace.perf.measure.Verification;

/** Judges what one reading of a topic gives. Thread-safe. */
interface Judge {
    void accept(int partition, long offset, byte[] key, byte[] value);

    /** Judges a reading to the end. */
    Verification whole();

    /** Judges a reading that was left before the end: what did not come is not lost. */
    Verification part();

    /**
     * Knows what was sent.
     *
     * @param sent how many records by each publisher, all of them acknowledged
     */
    static Judge ofSent(DeliveryVerifier verifier, long[] sent) {
        return new Judge() {
            @Override
            public void accept(int partition, long offset, byte[] key, byte[] value) {
                verifier.accept(partition, offset, key, value);
            }

            @Override
            public Verification whole() {
                return verifier.finish(sent);
            }

            @Override
            public Verification part() {
                return verifier.finish(new long[sent.length]);
            }
        };
    }

    /** Knows which offsets there are. */
    static Judge ofOffsets(long[] starts, long[] ends) {
        OffsetVerifier verifier = new OffsetVerifier(starts);
        return new Judge() {
            @Override
            public void accept(int partition, long offset, byte[] key, byte[] value) {
                verifier.accept(partition, offset, key, value);
            }

            @Override
            public Verification whole() {
                return verifier.finish(ends);
            }

            @Override
            public Verification part() {
                return verifier.result();
            }
        };
    }
}
