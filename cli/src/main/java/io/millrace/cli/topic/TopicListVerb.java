package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Table;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.TopicInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code millrace topic list}. */
@Command(name = "list", description = "List all topics.")
final class TopicListVerb extends TopicVerb {
    TopicListVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final List<TopicInfo> topics = admin.listTopics();
        context().output().print(topics, () -> table(topics));
        return ExitCode.DONE;
    }

    private static Table table(final List<TopicInfo> topics) {
        final Table table =
                new Table()
                        .words("TOPIC")
                        .numbers("PARTITIONS")
                        .numbers("REPLICAS")
                        .words("CREATED")
                        .words("SETTINGS");
        for (final TopicInfo topic : topics) {
            table.row(
                    topic.name(),
                    topic.partitions(),
                    topic.replicas(),
                    Instant.ofEpochMilli(topic.createTimeMs()).truncatedTo(ChronoUnit.SECONDS),
                    settings(topic.config()));
        }
        return table;
    }
}
