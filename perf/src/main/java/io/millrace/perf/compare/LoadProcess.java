package io.millrace.perf.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.perf.compare.cluster.Child;
import io.millrace.perf.compare.cluster.Children;
import io.millrace.perf.compare.cluster.JavaHome;
import io.millrace.perf.load.LoadMain;
import io.millrace.perf.load.LoadResult;
import io.millrace.perf.load.Spec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Generator and client in a process of their own, so that what they take of the processors is told
 * apart from what brokers take. For one thread.
 */
final class LoadProcess implements AutoCloseable {
    private static final String MAIN = LoadMain.class.getName();
    private static final Duration FAREWELL = Duration.ofSeconds(10);
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Child child;
    private final Path result;
    private final Duration patience;

    private LoadProcess(Child child, Path result, Duration patience) {
        this.child = child;
        this.result = result;
        this.patience = patience;
    }

    /**
     * Starts one, which connects, makes the topic and warms up.
     *
     * @param drivers jars that the driver needs beside the class path of this program
     * @param files where specification, result and output go; the names have this one as prefix
     */
    static LoadProcess start(Children children, Spec spec, List<Path> drivers, Path files)
            throws IOException {
        Path specification = sibling(files, ".spec.json");
        Path result = sibling(files, ".result.json");
        Files.createDirectories(files.toAbsolutePath().getParent());
        Files.deleteIfExists(result);
        Files.write(specification, JSON.writeValueAsBytes(spec));
        List<String> command =
                List.of(
                        JavaHome.java(),
                        "-Xms1g",
                        "-Xmx1g",
                        "-XX:+UseG1GC",
                        "-cp",
                        classPath(drivers),
                        MAIN,
                        specification.toString(),
                        result.toString());
        Child child = children.start("the load", command, Map.of(), sibling(files, ".log"));
        return new LoadProcess(
                child, result, Duration.ofMillis((long) (1e3 * spec.deadlineSeconds())));
    }

    /** Waits until it warms up. */
    void awaitReady() throws IOException, InterruptedException {
        child.awaitLine("READY"::equals, patience);
    }

    /**
     * Waits until it is warm and waits itself.
     *
     * @return how many records were acknowledged meanwhile
     */
    long awaitWarm() throws IOException, InterruptedException {
        String line = child.awaitLine(each -> each.startsWith(LoadMain.WARM), patience);
        return Long.parseLong(line.substring(LoadMain.WARM.length()));
    }

    /** Lets it measure, and does what it asks for; waits until it has measured. */
    void measure(BrokerOrders orders) throws IOException, InterruptedException {
        child.say("measure");
        while (true) {
            String line =
                    child.awaitLine(
                            each -> each.equals("DONE") || BrokerOrders.isOne(each), patience);
            if (line.equals("DONE")) {
                return;
            }
            orders.carryOut(line);
            child.say("done");
        }
    }

    /** Waits until it has verified what it did. */
    LoadResult awaitResult() throws IOException, InterruptedException {
        int code = child.awaitExit(patience);
        if (Files.notExists(result)) {
            throw new IOException(
                    "the load ended with code %d and without a result; %s"
                            .formatted(code, child.tail()));
        }
        return JSON.readValue(Files.readAllBytes(result), LoadResult.class);
    }

    /** Ends it, whatever it does. */
    @Override
    public void close() throws IOException {
        child.terminate();
        child.awaitEnd(FAREWELL);
    }

    private static String classPath(List<Path> drivers) {
        return Stream.concat(
                        Stream.of(System.getProperty("java.class.path")),
                        drivers.stream().map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path sibling(Path files, String ending) {
        return files.resolveSibling(files.getFileName() + ending);
    }
}
