package io.millrace.broker.shard;

import io.millrace.broker.partition.PartitionLog.DiskFullException;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something on the disk; while the disk is full, waits and tries again, for as long as it
 * takes: skipping a committed entry would lose it. Any other error is passed on.
 *
 * <p>Used by the apply thread; {@link #pauseReason} may be read by all.
 */
final class DiskPatience {

    private static final Logger LOG = LoggerFactory.getLogger(DiskPatience.class);
    private static final long FIRST_WAIT_MS = 50;
    private static final long LONGEST_WAIT_MS = 2_000;

    private final RetryWait retryWait;
    private final Consumer<String> paused;
    private final Runnable resumed;
    private volatile String pauseReason = "";

    /**
     * @param retryWait how to wait
     * @param paused hears why, when waiting begins
     * @param resumed hears when it is over
     */
    DiskPatience(RetryWait retryWait, Consumer<String> paused, Runnable resumed) {
        this.retryWait = retryWait;
        this.paused = paused;
        this.resumed = resumed;
    }

    /** Something that may be tried again when there was no room. */
    interface DiskAction<T> {

        /**
         * @throws DiskFullException if there is no room; nothing has changed
         * @throws IOException if the disk failed for good
         */
        T run() throws IOException;
    }

    /** Waits before the next attempt. */
    interface RetryWait {

        /**
         * Blocks for this long, or until the shard is closed.
         *
         * @return false if the shard is closed, so that there will be no other attempt
         */
        boolean await(long milliseconds);
    }

    /**
     * Runs the action until it succeeds.
     *
     * @throws IOException if it failed for another reason than a full disk, or the shard was closed
     *     while it waited
     */
    <T> T run(DiskAction<T> action) throws IOException {
        long waitMs = FIRST_WAIT_MS;
        while (true) {
            try {
                T result = action.run();
                resume();
                return result;
            } catch (DiskFullException e) {
                pause(e);
                if (!retryWait.await(waitMs)) {
                    throw new IOException("closed while it waited for disk space", e);
                }
                waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
            }
        }
    }

    /** Why it waits; empty if it does not. */
    String pauseReason() {
        return pauseReason;
    }

    private void pause(IOException cause) {
        if (pauseReason.isEmpty()) {
            pauseReason = cause.getMessage();
            LOG.warn("Applying is paused until there is room: {}", cause.getMessage());
            paused.accept(pauseReason);
        }
    }

    private void resume() {
        if (!pauseReason.isEmpty()) {
            pauseReason = "";
            LOG.info("There is room on the disk again, applying goes on");
            resumed.run();
        }
    }
}
