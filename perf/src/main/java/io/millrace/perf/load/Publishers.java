package io.millrace.perf.load;

import io.millrace.perf.driver.Driver;
import io.millrace.perf.driver.DriverPublisher;
import io.millrace.perf.driver.PublisherSpec;
import io.millrace.perf.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The open publishers of a run: several {@link Publishing}s may use them, one after the other. */
public final class Publishers implements AutoCloseable {
    /** How long a record may be without an answer, or a publisher wait for memory. */
    static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final List<DriverPublisher> publishers = new ArrayList<>();

    private Publishers() {}

    /** Opens as many as the workload has. */
    public static Publishers open(Driver driver, String topic, Workload workload) {
        PublisherSpec spec =
                new PublisherSpec(
                        topic,
                        workload.batchBytes(),
                        workload.linger(),
                        workload.compression(),
                        workload.memoryBytes(),
                        workload.recordSize(),
                        PATIENCE,
                        PATIENCE);
        Publishers opened = new Publishers();
        try {
            for (int i = 0; i < workload.publishers(); i++) {
                opened.publishers.add(driver.publisher(spec));
            }
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    DriverPublisher get(int index) {
        return publishers.get(index);
    }

    /** Closes one of them; what has no answer soon fails. */
    void cut(int index) {
        publishers.get(index).close(FAREWELL);
    }

    /** Closes all; all have their answers by then, or do not get them. */
    @Override
    public void close() {
        publishers.forEach(publisher -> publisher.close(FAREWELL));
    }
}
