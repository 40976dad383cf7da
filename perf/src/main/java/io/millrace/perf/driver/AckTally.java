package io.millrace.perf.driver;

import io.millrace.client.publish.PublishedRecord;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the acknowledgements of a topic say of their durability. Thread-safe. */
final class AckTally {
    private final LongAdder fsynced = new LongAdder();
    private final LongAdder others = new LongAdder();

    void count(PublishedRecord record) {
        if (record.durability() == io.millrace.client.publish.Durability.QUORUM_FSYNC) {
            fsynced.increment();
        } else {
            others.increment();
        }
    }

    Assurance assurance() {
        if (others.sum() > 0 || fsynced.sum() == 0) {
            throw new IllegalStateException(
                    "%d acknowledgements said QUORUM_FSYNC, and %d did not"
                            .formatted(fsynced.sum(), others.sum()));
        }
        return new Assurance(
                Durability.FSYNC_MAJORITY,
                "each of %d acknowledgements said QUORUM_FSYNC".formatted(fsynced.sum()));
    }
}
