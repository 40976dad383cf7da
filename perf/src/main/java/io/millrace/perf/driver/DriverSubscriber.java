package io.millrace.perf.driver;

import java.time.Duration;

/** Reads partitions of a topic. Used by one thread at a time. */
public interface DriverSubscriber extends AutoCloseable {
    /**
     * Gives the next records to the sink, on the calling thread; waits for the first of them.
     *
     * @param timeout how long it waits
     * @param sink takes the records of each partition in the order of their offsets
     */
    void poll(Duration timeout, RecordSink sink);

    @Override
    void close();
}
