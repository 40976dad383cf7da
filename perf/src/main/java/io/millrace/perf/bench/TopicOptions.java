package io.millrace.perf.bench;

import io.millrace.cli.CommandException;
import io.millrace.cli.CountConverter;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which topic. */
final class TopicOptions {
    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description =
                    "Use this one, which must exist and stays. Default: one that is created for the"
                            + " run and deleted afterwards.")
    private String topic;

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Partitions of the topic created for the run. Default: 1.")
    private Integer partitions;

    @Option(
            names = {"-r", "--replicas"},
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Its replicas. Default: the smaller of 3 and the number of brokers.")
    private Integer replicas;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "KEY=VALUE",
            description = "A setting of it; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    boolean isNamed() {
        return topic != null;
    }

    /**
     * The topic, created if none was named.
     *
     * @param freeName a name that no topic has
     */
    BenchTopic open(Admin admin, String freeName) {
        if (topic == null) {
            return BenchTopic.create(
                    admin,
                    new NewTopic(
                            freeName,
                            partitions == null ? 1 : partitions,
                            replicas == null ? 0 : replicas,
                            config));
        }
        if (partitions != null || replicas != null || !config.isEmpty()) {
            throw new CommandException(
                    "-p, -r and -c are for a topic created for the run; leave them out, or leave"
                            + " --topic out");
        }
        return BenchTopic.existing(admin, topic);
    }
}
