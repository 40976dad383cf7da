package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TopicInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace topic set}. */
@Command(
        name = "set",
        description = "Change settings of a topic; the others keep their value.",
        footer = {
            "",
            "Example:",
            "  millrace topic set orders -c retention.ms=30d --reset retention.bytes",
        })
final class TopicSetVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "KEY=VALUE",
            description = "A setting to change; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Option(
            names = "--reset",
            paramLabel = "KEY",
            description = "A setting to put back to its default; may be repeated.")
    private List<String> reset = new ArrayList<>();

    @Option(names = "--plan", description = "Only check and show what would be done.")
    private boolean planOnly;

    @Spec private CommandSpec spec;

    TopicSetVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        if (config.isEmpty() && reset.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "nothing to change; name a setting with --config KEY=VALUE or --reset KEY");
        }
        final TopicInfo topic = (planOnly ? admin.plan() : admin).setTopic(name, config, reset);
        context()
                .output()
                .print(topic, () -> sentence(planOnly ? "would change" : "changed", topic));
        return ExitCode.DONE;
    }
}
