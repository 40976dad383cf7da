package io.millrace.broker.partition;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.onoes.Slf4jExceptionHandler;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to what Chronicle does for the whole process: its messages and its releasing of maps. */
final class ChronicleLogging {

    private static final Logger LOG = LoggerFactory.getLogger(ChronicleLogging.class);

    private ChronicleLogging() {}

    /** Sends Chronicle's messages to slf4j, those that mean nothing here at TRACE. */
    static void route() {
        // Loaded now, because it registers a shutdown hook: when the process is stopping already
        // that
        // fails, and a broker that never opened a partition log would not stop in order.
        releaseClosed();
        Jvm.setErrorExceptionHandler(Slf4jExceptionHandler.ERROR);
        Jvm.setWarnExceptionHandler(
                (from, message, thrown) -> {
                    boolean expected =
                            from.getName().equals(SingleChronicleQueueBuilder.class.getName())
                                    && String.valueOf(message)
                                            .startsWith("Failback to readonly tablestore");
                    if (expected) {
                        LOG.trace("A segment is read without a table of locks: {}", message);
                    } else {
                        Slf4jExceptionHandler.WARN.on(from, message, thrown);
                    }
                });
        Jvm.setPerfExceptionHandler(
                (from, message, thrown) -> LOG.trace("{}: {}", from.getName(), message));
    }

    /** Waits a little for what Chronicle closes in the background. */
    static void releaseClosed() {
        BackgroundResourceReleaser.releasePendingResources();
    }
}
