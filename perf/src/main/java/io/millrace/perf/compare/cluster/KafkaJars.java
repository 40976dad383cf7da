package io.millrace.perf.compare.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The jars of Kafka, as Maven puts them below {@code perf/kafka/target} of a checkout.
 *
 * @param driver our driver
 * @param brokers what a broker needs
 */
public record KafkaJars(Path driver, List<Path> brokers) {
    private static final Pattern BROKER = Pattern.compile("kafka_2\\.13-(.+)\\.jar");
    private static final Pattern CLIENT = Pattern.compile("(kafka-clients|snappy-java)-.+\\.jar");

    public KafkaJars {
        brokers = List.copyOf(brokers);
    }

    /** Which Kafka it is. */
    public String version() {
        return brokers.stream()
                .map(jar -> BROKER.matcher(jar.getFileName().toString()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElseThrow();
    }

    /** What a client needs beside the class path of this program. */
    public List<Path> client() {
        return Stream.concat(
                        Stream.of(driver),
                        brokers.stream()
                                .filter(
                                        jar ->
                                                CLIENT.matcher(jar.getFileName().toString())
                                                        .matches()))
                .toList();
    }
}
