package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The three processes of a cluster and their directory. For one thread at a time. */
final class Trio {
    /** Three JVMs start at once on few cores. */
    static final Duration START = Duration.ofSeconds(120);

    private static final Duration STOP = Duration.ofSeconds(30);

    private final Path directory;
    private final List<BrokerProcess> brokers;

    Trio(Path directory, List<BrokerProcess> brokers) {
        this.directory = directory;
        this.brokers = List.copyOf(brokers);
    }

    List<BrokerProcess> all() {
        return brokers;
    }

    /** Starts all at once, as each waits for the others. */
    void start() throws IOException, InterruptedException {
        for (BrokerProcess broker : brokers) {
            broker.launch();
        }
        for (BrokerProcess broker : brokers) {
            broker.awaitReady(START);
        }
    }

    /**
     * Lets them run for a while.
     *
     * @throws IOException as soon as one has ended; with the end of its log
     */
    void run(Duration time) throws IOException, InterruptedException {
        CompletableFuture<?> end =
                CompletableFuture.anyOf(
                        brokers.stream().map(BrokerProcess::end).toArray(CompletableFuture[]::new));
        try {
            end.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            throw new IOException("nobody can tell whether the brokers run", e);
        }
        for (BrokerProcess broker : brokers) {
            broker.checkRuns();
        }
    }

    void kill(int node) throws IOException, InterruptedException {
        of(node).kill();
    }

    void restart(int node) throws IOException, InterruptedException {
        BrokerProcess broker = of(node);
        if (broker.isAlive()) {
            throw new IllegalStateException("node " + node + " runs; kill it first");
        }
        broker.launch();
        broker.awaitReady(START);
    }

    void launchKilled() throws IOException {
        for (BrokerProcess broker : brokers) {
            if (!broker.isAlive()) {
                broker.launch();
            }
        }
    }

    /** Removes what is in the directory of a node that does not run. */
    void wipe(int node, Path data) throws IOException {
        if (of(node).isAlive()) {
            throw new IllegalStateException("node " + node + " runs; kill it first");
        }
        DataDirectory.remove(data);
    }

    void close() throws IOException {
        brokers.forEach(BrokerProcess::terminate);
        for (BrokerProcess broker : brokers) {
            broker.awaitEnd(STOP);
        }
        DataDirectory.remove(directory);
    }

    private BrokerProcess of(int node) {
        return brokers.get(node - 1);
    }
}
