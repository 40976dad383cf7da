package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * One broker: a command that can be started again and again, and the process that runs it. For one
 * thread at a time, but for {@link #isAlive}.
 */
public final class BrokerProcess {
    private final int node;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Predicate<String> ready;
    private final Path log;
    private final Children children;
    private volatile Child child;

    /**
     * A broker that does not run yet.
     *
     * @param ready tells by a line of its output that it serves
     * @param log the file that its output is added to
     */
    BrokerProcess(
            int node,
            List<String> command,
            Map<String, String> environment,
            Predicate<String> ready,
            Path log,
            Children children) {
        this.node = node;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.ready = ready;
        this.log = log;
        this.children = children;
    }

    /** Its node id, from 1 on. */
    public int node() {
        return node;
    }

    /** Its process id; another one after each start. */
    public long pid() {
        return child.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        Child current = child;
        return current != null && current.isAlive();
    }

    /** Starts it and returns at once. */
    void launch() throws IOException {
        child = children.start("broker " + node, command, environment, log);
    }

    /** Waits until it serves. */
    void awaitReady(Duration patience) throws IOException, InterruptedException {
        child.awaitLine(ready, patience);
    }

    /** Done once the process that was launched last has ended. */
    CompletableFuture<?> end() {
        return child.end();
    }

    /**
     * @throws IOException if it has ended; with the end of its log
     */
    void checkRuns() throws IOException {
        if (!isAlive()) {
            throw new IOException("broker %d has ended; %s".formatted(node, child.tail()));
        }
    }

    /** Kills it with SIGKILL and waits until it is gone. */
    void kill() throws IOException, InterruptedException {
        child.kill();
    }

    /** Asks it to stop by SIGTERM; does not wait. */
    void terminate() {
        if (child != null) {
            child.terminate();
        }
    }

    /** Waits until it has stopped; kills it when that takes too long. */
    void awaitEnd(Duration patience) throws IOException {
        if (child != null) {
            child.awaitEnd(patience);
        }
    }
}
