package io.millrace.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.tests.history.Drain;
import io.millrace.tests.history.HistoryChecker;
import io.millrace.tests.history.HistoryWriter;
import io.millrace.tests.history.RecordedLoad;
import io.millrace.tests.history.RecordedReader;
import io.millrace.tests.history.Recording;
import io.millrace.tests.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A run under load, all of it written down: what clients saw is judged at the end, when everything
 * was read from each node. What is judged bad is kept under {@code target/histories}.
 */
final class FaultRun implements AutoCloseable {

    static final int PARTITIONS = 6;
    private static final String TOPIC = "orders";
    private static final Path ARCHIVE = Path.of("target", "histories");

    private final TestCluster cluster;
    private final String name;
    private final Recording recording;
    private final HistoryWriter markers;
    private final List<RecordedLoad> loads = new ArrayList<>();
    private final RecordedReader reader;
    private int faults;

    private FaultRun(TestCluster cluster, String name, Random random) throws IOException {
        this.cluster = cluster;
        this.name = name;
        this.recording = Recording.begin(ARCHIVE.resolve(name), TOPIC);
        this.markers = recording.client("nemesis");
        try (MillraceClient client = cluster.client()) {
            Map<String, String> config = Map.of("segment.bytes", "1MiB");
            int replicas = Math.min(3, cluster.brokers().size());
            client.admin().createTopic(new NewTopic(TOPIC, PARTITIONS, replicas, config));
        }
        this.reader =
                RecordedReader.start(
                        recording, cluster.servers(), PARTITIONS, new Random(random.nextLong()));
    }

    /**
     * Begins one: creates the topic and starts a reader and one publisher that lives to the end.
     *
     * @param name its directory under target/histories
     */
    static FaultRun begin(TestCluster cluster, String name, int perSecond, Random random)
            throws IOException {
        FaultRun run = new FaultRun(cluster, name, random);
        run.load(new RecordedLoad.Plan(PARTITIONS, perSecond, 100, Duration.ZERO), random);
        return run;
    }

    /** Starts one more publisher. */
    void load(RecordedLoad.Plan plan, Random random) throws IOException {
        loads.add(
                RecordedLoad.start(
                        recording, cluster.servers(), plan, new Random(random.nextLong())));
    }

    /** The first publisher. */
    RecordedLoad load() {
        return loads.get(0);
    }

    HistoryWriter markers() {
        return markers;
    }

    /** Writes down that something is broken now. */
    void fault() {
        markers.fault(++faults);
    }

    /** Writes down that nothing is broken any more. */
    void healed() {
        markers.healed();
    }

    /** Waits until the first publisher has so many more acknowledgements. */
    void awaitAcknowledged(long more) {
        load().awaitAcknowledged(more);
    }

    /** Stops the clients, which must have seen no error, reads everything, and judges. */
    Verdict finish() throws IOException, InterruptedException {
        stopClients();
        for (RecordedLoad load : loads) {
            assertThat(load.failures()).as("what publishers were told").isEmpty();
        }
        assertThat(reader.failures()).as("what readers were told").isEmpty();
        return judge();
    }

    /** Stops the clients, whatever they were told. */
    void stopClients() throws IOException, InterruptedException {
        for (RecordedLoad load : loads) {
            load.stop();
        }
        reader.stop();
        markers.close();
    }

    /** Reads everything from each node, and judges; what is bad stays in the archive. */
    Verdict judge() throws IOException, InterruptedException {
        Map<Integer, String> addresses = new LinkedHashMap<>();
        cluster.brokers().forEach(each -> addresses.put(each.node(), each.address()));
        Drain.read(recording, addresses);
        Verdict verdict = HistoryChecker.check(recording.directory());
        System.err.printf("%s: %s", name, verdict);
        if (verdict.isClean()) {
            recording.delete();
        } else {
            keepLogs();
        }
        return verdict;
    }

    private void keepLogs() throws IOException {
        for (ClusterBroker broker : cluster.brokers()) {
            Path log = broker.dataDir().resolveSibling("broker.log");
            if (Files.exists(log)) {
                Files.copy(
                        log,
                        recording.directory().resolve("node-" + broker.node() + ".log"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (RecordedLoad load : loads) {
            load.close();
        }
        reader.close();
    }
}
