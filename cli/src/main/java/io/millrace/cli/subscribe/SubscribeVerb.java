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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
            "Print the records of a topic as they come, byte for byte.",
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
        })
public final class SubscribeVerb implements Callable<Integer> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int POLL_RECORDS = 10_000;
    private static final int FAREWELL_SECONDS = 2;

    private final CommandContext context;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic;

    @Option(
            names = "--from",
            defaultValue = "latest",
            paramLabel = "POSITION",
            description =
                    "Where to start: earliest, latest, an offset, or @TIME"
                            + " (@2026-11-22T10:00:00Z, @1795341600000, @-1h). Default: latest.")
    private Position from;

    @Option(
            names = "--count",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Stop after N records.")
    private Integer count;

    @Option(
            names = "--exit-at-end",
            description = "Stop at the end that the topic has at the start of this command.")
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
            defaultValue = "fail",
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
        final RecordPrinter printer = printer();
        final Consistency consistency = reads.consistency(spec);
        try (MillraceClient client = context.connect(REQUEST_TIMEOUT)) {
            Map<TopicPartition, Long> ends = Map.of();
            if (exitAtEnd) {
                ends = FollowPlan.ends(client.admin(), topic, partitions, from, consistency);
                if (ends.isEmpty()) {
                    return ExitCode.DONE;
                }
            }
            try (Subscriber subscriber = open(client, ends.keySet(), consistency)) {
                final long limit = count == null ? Long.MAX_VALUE : count;
                run(new RecordFollower(subscriber, printer, context.out(), limit, ends));
            }
        }
        return ExitCode.DONE;
    }

    private static void run(final RecordFollower follower) throws IOException {
        final CountDownLatch written = new CountDownLatch(1);
        // Whoever interrupts it gets whole records.
        final Thread interrupted =
                new Thread(
                        () -> {
                            follower.stop();
                            awaitQuietly(written);
                        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            follower.run();
        } finally {
            written.countDown();
            forget(interrupted);
        }
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // It runs already: the process is ending.
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
            final Set<TopicPartition> open,
            final Consistency consistency) {
        final SubscriberBuilder builder =
                client.newSubscriber()
                        .from(from)
                        .gapPolicy(onGap)
                        .onGap(this::tell)
                        .readFrom(reads.readFrom())
                        .maxPollRecords(POLL_RECORDS);
        if (consistency != null) {
            builder.consistency(consistency);
        }
        if (filter != null) {
            try {
                builder.filter(filter);
            } catch (final IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
            }
        }
        if (!open.isEmpty()) {
            open.forEach(it -> builder.partition(it, from));
        } else if (partitions.isEmpty()) {
            builder.topic(topic);
        } else {
            partitions.forEach(it -> builder.partition(topic, it));
        }
        return builder.open();
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
