package io.millrace.cli.subscribe;

import io.millrace.cli.CommandContext;
import io.millrace.cli.CountConverter;
import io.millrace.cli.ExitCode;
import io.millrace.cli.OutputFormat;
import io.millrace.cli.PartitionConverter;
import io.millrace.client.MillraceClient;
import io.millrace.client.read.Consistency;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Gap;
import io.millrace.client.subscribe.GapPolicy;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.client.subscribe.SubscriberBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace subscribe}. */
@Command(
        name = "subscribe",
        description = {
            "Print the records of topics as they come, byte for byte.",
            "With --output json: one object a line; what is not UTF-8 comes as base64.",
        },
        footer = {
            "",
            "Format: %%t topic, %%T time, %%p partition, %%o offset, %%k key, %%v value, %%h headers;"
                    + " \\n \\t \\\\ %%%%.",
            "",
            "Examples:",
            "  millrace subscribe numbers --from earliest --exit-at-end",
            "  millrace subscribe orders --from @-1h --format '%%p:%%o %%k=%%v\\n'",
            "  millrace subscribe orders --from 42 --partition 3 --count 10",
            "  millrace subscribe orders --filter 'key.startsWith(\"eu-\") && has(headers.urgent)'",
            "  millrace subscribe orders --read-from any --consistency eventual --max-staleness 5s",
            "  millrace subscribe 'orders.*' --group billing --from earliest",
            "  millrace subscribe mails --group senders --queue",
        })
public final class SubscribeVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int POLL_RECORDS = 10_000;

    private final CommandContext context;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "TOPIC",
            arity = "1..*",
            description =
                    "Their names; with --group also patterns, in which * stands for any characters.")
    private List<String> topics = new ArrayList<>();

    @Mixin private MemberOptions member;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description =
                    "Where to start: earliest, latest, an offset, or @TIME"
                            + " (@2026-11-22T10:00:00Z, @1795341600000, @-1h). With --group: earliest"
                            + " or latest, where the group has committed nothing. Default: latest.")
    private Position from;

    @Option(
            names = "--count",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Stop after N records.")
    private Integer count;

    @Option(
            names = "--exit-at-end",
            description =
                    "Stop at the end that the topics have at the start of this command. With --group:"
                            + " when all its members together have done everything before that.")
    private boolean exitAtEnd;

    @Option(
            names = "--format",
            paramLabel = "F",
            converter = RecordFormat.Converter.class,
            description = "How to print a record, see below. Default: %%v\\n.")
    private RecordFormat format;

    @Option(
            names = "--partition",
            split = ",",
            paramLabel = "N",
            converter = PartitionConverter.class,
            description = "Only these; may be repeated. Default: all.")
    private Set<Integer> partitions = new TreeSet<>();

    @Option(
            names = "--on-gap",
            paramLabel = "fail|earliest|latest",
            description =
                    "What to do when the next records have expired or were trimmed: fail, or go on"
                            + " with the earliest there is or after the latest. Default: fail.")
    private GapPolicy onGap;

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            description =
                    "Only records for which this holds, such as 'headers.type == \"paid\"': key,"
                            + " key_bytes, headers.NAME; == != < <= > >= in && || ! has() int()"
                            + " .startsWith() .endsWith() .contains() .matches(). Default: all.")
    private String filter;

    @Mixin private ReadOptions reads;

    /** The verb, not yet parsed. */
    public SubscribeVerb(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        final TopicChoice choice = new TopicChoice(topics.stream().distinct().toList());
        member.check(
                spec,
                choice,
                from,
                !partitions.isEmpty(),
                filter != null,
                onGap != null,
                reads.isGiven());
        final RecordPrinter printer = printer();
        try (MillraceClient client = context.connect(REQUEST_TIMEOUT)) {
            final long limit = count == null ? Long.MAX_VALUE : count;
            if (member.group() == null) {
                follow(client, printer, limit);
            } else {
                new MemberRun(context, client, member.group(), choice, printer, limit)
                        .run(member.isQueue() ? null : terms(), exitAtEnd);
            }
        }
        return ExitCode.DONE;
    }

    private void follow(final MillraceClient client, final RecordPrinter printer, final long limit)
            throws IOException {
        final Consistency consistency = reads.consistency(spec);
        final Position start = from == null ? Position.latest() : from;
        final Map<TopicPartition, Long> ends = new HashMap<>();
        if (exitAtEnd) {
            for (final String topic : topics) {
                ends.putAll(FollowPlan.ends(client.admin(), topic, partitions, start, consistency));
            }
            if (ends.isEmpty()) {
                return;
            }
        }
        try (Subscriber subscriber = open(client, start, ends.keySet(), consistency)) {
            Interruptible.run(
                    new RecordFollower(subscriber, printer, context.out(), limit, ends), () -> {});
        }
    }

    private RecordPrinter printer() {
        if (context.output().format() == OutputFormat.JSON) {
            if (format != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--format and --output json exclude each other; leave one out");
            }
            return new JsonLines();
        }
        return format == null ? RecordFormat.of("%v\\n") : format;
    }

    /** Follows what is asked for; of that only what holds anything, if it is to stop. */
    private Subscriber open(
            final MillraceClient client,
            final Position start,
            final Set<TopicPartition> open,
            final Consistency consistency) {
        final SubscriberBuilder builder =
                client.newSubscriber()
                        .from(start)
                        .gapPolicy(gapPolicy())
                        .onGap(this::tell)
                        .readFrom(reads.readFrom())
                        .maxPollRecords(POLL_RECORDS);
        if (consistency != null) {
            builder.consistency(consistency);
        }
        filterBy(builder::filter);
        if (!open.isEmpty()) {
            open.forEach(it -> builder.partition(it, start));
        } else if (partitions.isEmpty()) {
            topics.forEach(builder::topic);
        } else {
            partitions.forEach(it -> builder.partition(topics.get(0), it));
        }
        return builder.open();
    }

    private MemberRun.Terms terms() {
        return builder -> {
            builder.start(MemberOptions.start(from))
                    .gapPolicy(gapPolicy())
                    .onGap(this::tell)
                    .maxPollRecords(POLL_RECORDS);
            if (member.instance() != null) {
                builder.instanceId(member.instance());
            }
            filterBy(builder::filter);
        };
    }

    private GapPolicy gapPolicy() {
        return onGap == null ? GapPolicy.FAIL : onGap;
    }

    private void filterBy(final Consumer<String> setter) {
        if (filter != null) {
            try {
                setter.accept(filter);
            } catch (final IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
            }
        }
    }

    private void tell(final Gap gap) {
        context.err()
                .printf(
                        Locale.ROOT,
                        "gap in %s: %d records from offset %d on are gone (%s)%n",
                        gap.partition(),
                        gap.length(),
                        gap.fromOffset(),
                        gap.reason());
    }
}
