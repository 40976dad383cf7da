package io.millrace.raft.jraft;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the journal's disk, on a thread that never waits for it or for whoever does: the last one
 * to notice that everything hangs. Thread-safe.
 */
final class DiskWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final int LOOKS_PER_TIMEOUT = 4;

    private final Journal journal;
    private final RaftListener listener;
    private final StallWatch decision;
    private final ScheduledThreadPoolExecutor thread;

    private volatile boolean stalled;

    DiskWatch(
            RaftEngineOptions options,
            Journal journal,
            RaftListener listener,
            ScheduledThreadPoolExecutor thread) {
        this.journal = journal;
        this.listener = listener;
        this.thread = thread;
        long handOverNanos = options.electionTimeout().toNanos();
        this.decision = new StallWatch(handOverNanos, options.deadDisk().toNanos());
        long period = handOverNanos / LOOKS_PER_TIMEOUT;
        thread.scheduleWithFixedDelay(this::look, period, period, TimeUnit.NANOSECONDS);
    }

    /** Whether a force has been under way for longer than the election timeout. */
    boolean isStalled() {
        return stalled;
    }

    private void look() {
        try {
            long underWay = journal.stalledNanos();
            switch (decision.look(underWay)) {
                case STALLED -> {
                    stalled = true;
                    LOG.warn("The write-ahead log's disk hangs; leaderships are given away");
                    listener.stalled(underWay);
                }
                case RECOVERED -> {
                    stalled = false;
                    LOG.info("The write-ahead log's disk works again");
                    listener.recovered();
                }
                case DEAD ->
                        listener.fatal(
                                "write-ahead log",
                                new IOException(
                                        "the disk has hung for "
                                                + TimeUnit.NANOSECONDS.toMillis(underWay)
                                                + " ms"));
                case NONE -> {}
            }
        } catch (RuntimeException | Error e) {
            // What is thrown from here would end the watch without a word.
            LOG.error("The disk could not be watched", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
