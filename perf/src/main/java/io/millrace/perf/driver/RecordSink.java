package io.millrace.perf.driver;

/** Takes records that were received. */
@FunctionalInterface
public interface RecordSink {
    /**
     * Takes one.
     *
     * @param key may be null
     * @param value may be null
     */
    void accept(int partition, long offset, byte[] key, byte[] value);
}
