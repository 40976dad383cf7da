package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CountConverter;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicInfo;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic create}. */
@Command(
        name = "create",
        description = "Create a topic.",
        footer = {
            "",
            "Examples:",
            "  millrace topic create orders",
            "  millrace topic create clicks -p 12 -c retention.ms=7d --if-not-exists",
        })
final class TopicCreateVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name: A-Z a-z 0-9 . _ -, at most 249.")
    private String name;

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Partitions, at most 10000. Default: 1.")
    private int partitions;

    @Option(
            names = {"-r", "--replicas"},
            paramLabel = "N",
            converter = CountConverter.class,
            description =
                    "Brokers that hold each partition. Default: the smaller of 3 and the number of"
                            + " brokers.")
    private int replicas;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "KEY=VALUE",
            description = "A setting; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "It is no error if the topic exists.")
    private boolean ifNotExists;

    @Option(names = "--plan", description = "Only check and show what would be done.")
    private boolean planOnly;

    TopicCreateVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final NewTopic wanted = new NewTopic(name, partitions, replicas, config);
        try {
            final TopicInfo topic = (planOnly ? admin.plan() : admin).createTopic(wanted);
            context()
                    .output()
                    .print(topic, () -> sentence(planOnly ? "would create" : "created", topic));
        } catch (final MillraceException e) {
            if (!ifNotExists || e.code() != ErrorCode.TOPIC_EXISTS) {
                throw e;
            }
            showExisting(admin);
        }
        return ExitCode.DONE;
    }

    private void showExisting(final Admin admin) {
        final TopicInfo topic = admin.describeTopic(name).topic();
        if (partitions > 0 && partitions != topic.partitions()) {
            context()
                    .err()
                    .println(
                            "note: the topic has "
                                    + count(topic.partitions(), "partition")
                                    + ", not "
                                    + partitions
                                    + "; 'millrace topic grow' adds some");
        }
        context().output().print(topic, () -> sentence("there is already a", topic));
    }
}
