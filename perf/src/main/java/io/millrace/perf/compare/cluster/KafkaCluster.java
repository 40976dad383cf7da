package io.millrace.perf.compare.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Kafka with KRaft, each node broker and controller. Three replicas and two of them in sync for an
 * acknowledgement; all else, and the options of the JVM but the heap, as its release has it.
 */
public final class KafkaCluster extends BrokerCluster {
    /** Its name in specs. */
    public static final String NAME = "kafka";

    private static final Duration FORMAT = Duration.ofSeconds(60);
    private static final int PORTS_EACH = 2;

    /** What Kafka's own kafka-run-class.sh gives to a broker. */
    private static final List<String> JVM =
            List.of(
                    "-server",
                    "-XX:+UseG1GC",
                    "-XX:MaxGCPauseMillis=20",
                    "-XX:InitiatingHeapOccupancyPercent=35",
                    "-XX:+ExplicitGCInvokesConcurrent",
                    "-Djava.awt.headless=true");

    private static final String LOG4J =
            """
            status = error
            appender.out.type = Console
            appender.out.name = out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = [%d] %p %m (%c)%n
            rootLogger.level = info
            rootLogger.appenderRef.out.ref = out
            """;

    private final KafkaJars jars;
    private final String heap;
    private final String clusterId;
    private final Path directory;
    private final Path logs;
    private final Children children;
    private final int firstPort;
    private final Trio trio;

    /**
     * Prepares a cluster at free ports.
     *
     * @param jars of Kafka
     * @param heap of each broker, such as 1g
     * @param clusterId 22 characters of URL-safe Base64
     * @param directory for data; made, and removed at the end
     * @param logs where the brokers' output goes
     */
    public KafkaCluster(
            KafkaJars jars,
            String heap,
            String clusterId,
            Path directory,
            Path logs,
            Children children)
            throws IOException {
        this.jars = jars;
        this.heap = heap;
        this.clusterId = clusterId;
        this.directory = directory;
        this.logs = logs;
        this.children = children;
        this.firstPort = FreePorts.find(PORTS_EACH * BROKERS);
        Files.createDirectories(directory);
        Files.writeString(log4j(), LOG4J);
        List<BrokerProcess> brokers = new ArrayList<>();
        for (int node = 1; node <= BROKERS; node++) {
            Files.writeString(properties(node), text(settings(node)));
            List<String> command =
                    new ArrayList<>(List.of(JavaHome.java(), "-Xms" + heap, "-Xmx" + heap));
            command.addAll(JVM);
            command.addAll(main("kafka.Kafka", properties(node).toString()));
            brokers.add(
                    new BrokerProcess(
                            node,
                            command,
                            Map.of(),
                            line -> line.contains("Kafka Server started"),
                            logs.resolve("kafka-" + node + ".log"),
                            children));
        }
        this.trio = new Trio(directory, brokers);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "Kafka %s, KRaft combined, heap %s, G1, min.insync.replicas=2, else defaults"
                .formatted(jars.version(), heap);
    }

    @Override
    public void start() throws IOException, InterruptedException {
        format(IntStream.rangeClosed(1, BROKERS).boxed().toList());
        trio.start();
    }

    @Override
    Trio trio() {
        return trio;
    }

    /** A new disk is formatted for the same cluster and node. */
    @Override
    public void wipe(int node) throws IOException, InterruptedException {
        trio.wipe(node, data(node));
        format(List.of(node));
    }

    @Override
    public String bootstrap() {
        return IntStream.rangeClosed(1, BROKERS)
                .mapToObj(node -> "127.0.0.1:" + port(node, 0))
                .collect(Collectors.joining(","));
    }

    /** The settings of a node; those that it needs to start, and two that safety needs. */
    private Map<String, String> settings(int node) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(node));
        settings.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, BROKERS)
                        .mapToObj(each -> each + "@127.0.0.1:" + port(each, 1))
                        .collect(Collectors.joining(",")));
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port(node, 0), port(node, 1)));
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port(node, 0));
        settings.put("log.dirs", data(node).toString());
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        return settings;
    }

    /** All at once: most of it is three JVMs that start. */
    private void format(List<Integer> nodes) throws IOException, InterruptedException {
        List<Child> tools = new ArrayList<>();
        try {
            for (int node : nodes) {
                tools.add(startFormat(node));
            }
            for (Child tool : tools) {
                int code = tool.awaitExit(FORMAT);
                if (code != 0) {
                    throw new IOException(
                            "Kafka's storage cannot be formatted (code %d); %s"
                                    .formatted(code, tool.tail()));
                }
            }
        } finally {
            for (Child tool : tools) {
                tool.awaitEnd(Duration.ZERO);
            }
        }
    }

    private Child startFormat(int node) throws IOException {
        List<String> command = new ArrayList<>(List.of(JavaHome.java(), "-Xmx256m"));
        command.addAll(
                main(
                        "kafka.tools.StorageTool",
                        "format",
                        "--cluster-id",
                        clusterId,
                        "--config",
                        properties(node).toString()));
        return children.start(
                "the tool that formats Kafka's storage",
                command,
                Map.of(),
                logs.resolve("kafka-format-" + node + ".log"));
    }

    private List<String> main(String mainClass, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add("-Dlog4j2.configurationFile=" + log4j());
        words.add("-cp");
        words.add(
                jars.brokers().stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)));
        words.add(mainClass);
        words.addAll(List.of(arguments));
        return words;
    }

    private Path data(int node) {
        return directory.resolve("node-" + node);
    }

    private Path log4j() {
        return directory.resolve("log4j2.properties");
    }

    private Path properties(int node) {
        return directory.resolve("node-" + node + ".properties");
    }

    private int port(int node, int which) {
        return firstPort + (node - 1) * PORTS_EACH + which;
    }

    private static String text(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue().replace("\\", "\\\\") + "\n")
                .collect(Collectors.joining());
    }
}
