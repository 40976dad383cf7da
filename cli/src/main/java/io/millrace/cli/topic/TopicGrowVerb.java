package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CountConverter;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TopicInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic grow}. */
@Command(
        name = "grow",
        description = {
            "Add partitions to a topic.",
            "Records stay where they are; new records of a key may go to another partition than"
                    + " the old ones. Partitions cannot be removed again.",
        },
        footer = {"", "Example:", "  millrace topic grow orders -p 6"})
final class TopicGrowVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
            names = {"-p", "--partitions"},
            required = true,
            paramLabel = "N",
            converter = CountConverter.class,
            description = "How many it shall have in all, at most 10000.")
    private int partitions;

    @Option(names = "--plan", description = "Only check and show what would be done.")
    private boolean planOnly;

    TopicGrowVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final TopicInfo topic = (planOnly ? admin.plan() : admin).growTopic(name, partitions);
        context().output().print(topic, () -> sentence(planOnly ? "would grow" : "grown", topic));
        return ExitCode.DONE;
    }
}
