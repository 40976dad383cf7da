package io.millrace.perf.driver;

import java.time.Duration;

/** Publishes to one topic. Used by one thread at a time, but for the answers. */
public interface DriverPublisher {
    /** Stands for: any partition, as the client chooses. */
    int ANY_PARTITION = -1;

    /**
     * Gives a record to the client. Blocks only while the client's memory is full.
     *
     * @param partition or {@link #ANY_PARTITION}
     * @param key may be null
     * @param value left alone by the caller from now on
     * @param answer told once, on any thread, maybe before this returns
     * @throws RuntimeException if the client does not take it at all; then the answer is not told
     */
    void publish(int partition, byte[] key, byte[] value, Answer answer);

    /** Sends what waits and blocks until each record has its answer, at most 120 s. */
    void flush();

    /**
     * Takes no more records and waits for the answers of those that it has; what has none then
     * fails.
     *
     * @param time how long at most
     */
    void close(Duration time);

    /** Takes the answer to one record. Must not block. */
    interface Answer {
        /**
         * The record is stored.
         *
         * @param offset its place in its partition; -1 if that is not known any more
         * @param duplicate whether an earlier attempt had stored it
         */
        void stored(long offset, boolean duplicate);

        /** The record was refused, or what became of it is not known. */
        void failed(Throwable failure);
    }
}
