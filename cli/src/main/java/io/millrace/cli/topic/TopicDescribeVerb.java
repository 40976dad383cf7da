package io.millrace.cli.topic;

import io.millrace.cli.CommandContext;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Table;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.PartitionInfo;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TopicInfo;
import java.time.Instant;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace topic describe}. */
@Command(name = "describe", description = "Show a topic, its partitions and all its settings.")
final class TopicDescribeVerb extends TopicVerb {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    TopicDescribeVerb(final CommandContext context) {
        super(context);
    }

    @Override
    int run(final Admin admin) {
        final TopicDescription description = admin.describeTopic(name);
        context().output().print(description, () -> text(description));
        return ExitCode.DONE;
    }

    private static String text(final TopicDescription description) {
        final TopicInfo topic = description.topic();
        long records = 0;
        long bytes = 0;
        for (final PartitionInfo it : description.partitions()) {
            records += it.logEndOffset() - it.logStartOffset();
            bytes += it.sizeBytes();
        }
        final StringBuilder text = new StringBuilder();
        text.append("topic       ").append(topic.name()).append('\n');
        text.append("id          ").append(topic.topicId()).append('\n');
        text.append("created     ").append(Instant.ofEpochMilli(topic.createTimeMs())).append('\n');
        text.append("replicas    ").append(topic.replicas()).append('\n');
        text.append("records     ").append(records).append('\n');
        text.append("bytes       ").append(bytes).append("\n\n");
        text.append(partitions(description)).append('\n');
        return text.append(settings(description)).toString();
    }

    private static Table partitions(final TopicDescription description) {
        final Table table =
                new Table()
                        .numbers("PARTITION")
                        .numbers("SHARD")
                        .words("LEADER")
                        .numbers("START")
                        .numbers("END")
                        .numbers("BYTES")
                        .numbers("SEGMENTS");
        for (final PartitionInfo it : description.partitions()) {
            table.row(
                    it.partition(),
                    it.shard(),
                    it.leaderNode() == 0 ? "none" : it.leaderNode(),
                    it.logStartOffset(),
                    it.logEndOffset(),
                    it.sizeBytes(),
                    it.segments());
        }
        return table;
    }

    private static Table settings(final TopicDescription description) {
        final Table table = new Table().words("SETTING").words("VALUE").words("");
        new TreeMap<>(description.effectiveConfig())
                .forEach(
                        (key, value) ->
                                table.row(
                                        key,
                                        value,
                                        description.topic().config().containsKey(key)
                                                ? "set"
                                                : "default"));
        return table;
    }
}
