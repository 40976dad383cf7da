package io.millrace.tests.processes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * The brokers of a test class: prints their logs when a test fails, and leaves none behind. To be
 * registered as a static extension.
 */
public final class Brokers
        implements TestExecutionExceptionHandler, AfterEachCallback, AfterAllCallback {

    private final List<StandaloneBroker> brokers = new CopyOnWriteArrayList<>();

    /** As {@link StandaloneBroker#start(Path, String...)}. */
    public StandaloneBroker start(Path directory, String... options)
            throws IOException, InterruptedException {
        return add(StandaloneBroker.start(directory, options));
    }

    /** As {@link StandaloneBroker#start(Path, Path, String...)}. */
    public StandaloneBroker start(Path dataDir, Path log, String... options)
            throws IOException, InterruptedException {
        return add(StandaloneBroker.start(dataDir, log, options));
    }

    /** As {@link StandaloneBroker#startSabotaged}. */
    public StandaloneBroker startSabotaged(Path dataDir, Path log, Path classes, String... options)
            throws IOException, InterruptedException {
        return add(StandaloneBroker.startSabotaged(dataDir, log, classes, options));
    }

    private StandaloneBroker add(StandaloneBroker broker) {
        brokers.add(broker);
        return broker;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        if (failure instanceof TestAbortedException) {
            throw failure;
        }
        for (StandaloneBroker broker : brokers) {
            System.err.printf(
                    "%s failed; log of the broker at %s:%n%s%n",
                    context.getDisplayName(), broker.address(), broker.logTail());
        }
        throw failure;
    }

    /** A broker that its test has closed is of no interest to the next one. */
    @Override
    public void afterEach(ExtensionContext context) {
        brokers.removeIf(broker -> !broker.isAlive());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        brokers.forEach(StandaloneBroker::close);
        brokers.clear();
    }
}
