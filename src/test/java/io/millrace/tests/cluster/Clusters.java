package io.millrace.tests.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** The clusters of a test: prints their logs when it fails, and leaves no process behind. */
public final class Clusters implements TestExecutionExceptionHandler, AfterEachCallback {

    private final List<TestCluster> clusters = new CopyOnWriteArrayList<>();

    /** As {@link TestCluster#start}. */
    public TestCluster start(Path directory, int seeds, Map<String, String> settings)
            throws IOException, InterruptedException {
        TestCluster cluster = TestCluster.start(directory, seeds, settings);
        clusters.add(cluster);
        return cluster;
    }

    /** As {@link TestCluster#prepare}. */
    public TestCluster prepare(Path directory, int seeds, Map<String, String> settings)
            throws IOException {
        TestCluster cluster = TestCluster.prepare(directory, seeds, settings);
        clusters.add(cluster);
        return cluster;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        if (!(failure instanceof TestAbortedException)) {
            System.err.println(context.getDisplayName() + " failed");
            clusters.forEach(TestCluster::printLogs);
        }
        throw failure;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<TestCluster> ended = List.copyOf(clusters);
        clusters.clear();
        ended.forEach(TestCluster::close);
        ended.forEach(cluster -> cluster.links().check());
    }
}
