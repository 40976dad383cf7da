package io.millrace.cli.publish;

import io.millrace.cli.BytesConverter;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import io.millrace.cli.OutputFormat;
import io.millrace.cli.PartitionConverter;
import io.millrace.cli.Progress;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace publish}. */
@Command(
        name = "publish",
        description = {
            "Publish lines, one record each, byte for byte.",
            "Keeps trying for 120 s when brokers do not answer, stops reading at the first refusal,"
                    + " and ends with a summary on stderr. Exit code 0 only if every record was"
                    + " acknowledged: fsynced on a majority.",
        },
        footer = {
            "",
            "Examples:",
            "  seq 1 1000000 | millrace publish numbers",
            "  millrace publish orders --file orders.txt --key-separator :",
            "  echo hello | millrace publish greetings --header lang=en --partition 0",
            "  echo remind | millrace publish mails --deliver-at +10m",
        })
public final class PublishVerb implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int BATCH_BYTES = 128 << 10;
    private static final long DEFAULT_MAX_BATCH_BYTES = 1 << 20;

    private final CommandContext context;

    @Parameters(paramLabel = "TOPIC", description = "Its name. It must exist.")
    private String topic;

    @Option(names = "--file", paramLabel = "FILE", description = "Where to read. Default: stdin.")
    private Path file;

    @Option(
            names = "--key-separator",
            paramLabel = "S",
            converter = KeySeparator.Converter.class,
            description =
                    "Split each line at the first S into key and value; \\t is a tab. Default: no"
                            + " keys.")
    private KeySeparator separator;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            converter = HeaderConverter.class,
            description = "Give this header to every record; may be repeated.")
    private List<Header> headers = new ArrayList<>();

    @Option(
            names = "--partition",
            paramLabel = "N",
            converter = PartitionConverter.class,
            description = "Send all to this one. Default: by key, or any.")
    private Integer partition;

    @Option(
            names = "--deliver-at",
            paramLabel = "TIME|+DURATION",
            description =
                    "Groups in queue mode are given the records not before that: a time"
                            + " (2026-11-22T10:00:00Z, milliseconds since 1970), or +10m after each"
                            + " is published. All other subscribers get them at once. Default: at"
                            + " once.")
    private DeliveryTime deliverAt;

    private PublishVerb(final CommandContext context) {
        this.context = context;
    }

    /** The verb, not yet parsed. */
    public static CommandLine assemble(final CommandContext context) {
        return new CommandLine(new PublishVerb(context))
                .registerConverter(DeliveryTime.class, new DeliveryTime.Converter(context.clock()));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final TopicDescription description =
                context.withAdmin(PATIENCE, it -> it.describeTopic(topic));
        final RecordTemplate template = template(description);
        final int maxLineBytes = template.maxLineBytes(maxBatchBytes(description));
        try (InputStream in = file == null ? context.in() : Files.newInputStream(file);
                MillraceClient client = context.connect(PATIENCE)) {
            final Publisher publisher =
                    client.newPublisher()
                            .batchBytes(BATCH_BYTES)
                            .maxBlock(PATIENCE)
                            .deadline(PATIENCE)
                            .open();
            return run(
                    new LinePublisher(new LineReader(in, maxLineBytes), template, publisher),
                    publisher);
        }
    }

    private int run(final LinePublisher lines, final Publisher publisher)
            throws InterruptedException {
        // Whoever interrupts it learns what is stored, too.
        final Thread interrupted =
                new Thread(
                        () -> {
                            lines.stop(new CommandException("interrupted"));
                            publisher.close(FAREWELL);
                            show(lines.summary());
                        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        watch(lines, publisher);
        if (!removed(interrupted)) {
            interrupted.join();
            return ExitCode.FAILED;
        }
        final PublishSummary summary = lines.summary();
        show(summary);
        if (lines.failure() != null) {
            throw lines.failure();
        }
        return summary.isComplete() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void watch(final LinePublisher lines, final Publisher publisher)
            throws InterruptedException {
        try (Progress progress = context.progress()) {
            // A live line would write into what is being typed.
            final boolean shown = file != null || !context.isTyped();
            lines.start();
            while (!lines.await(TICK)) {
                show(shown, lines, progress);
            }
            final Thread closing =
                    new Thread(() -> close(lines, publisher), "millrace-publish-close");
            closing.start();
            while (closing.isAlive()) {
                closing.join(TICK.toMillis());
                show(shown, lines, progress);
            }
        }
    }

    private static void show(
            final boolean shown, final LinePublisher lines, final Progress progress) {
        if (shown) {
            progress.show(() -> lines.summary() + ", waiting " + lines.waiting());
        }
    }

    /** After an unknown outcome nothing more is sent: it could overtake what is on its way. */
    private static void close(final LinePublisher lines, final Publisher publisher) {
        final boolean lost =
                lines.failure() instanceof MillraceException e
                        && e.outcome() == WriteOutcome.UNKNOWN;
        publisher.close(lost ? Duration.ZERO : PATIENCE);
    }

    private static boolean removed(final Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            return false;
        }
    }

    private void show(final PublishSummary summary) {
        if (context.output().format() == OutputFormat.JSON) {
            context.output().print(summary, summary::toString);
        }
        context.err().println(summary);
    }

    private RecordTemplate template(final TopicDescription description) {
        final int count = description.topic().partitions();
        if (partition != null && partition >= count) {
            throw new CommandException(
                    "topic "
                            + topic
                            + " has no partition "
                            + partition
                            + "; it has 0 to "
                            + (count - 1)
                            + ", and 'millrace topic grow' adds some");
        }
        return new RecordTemplate(
                topic,
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                separator,
                List.copyOf(headers),
                deliverAt);
    }

    private static long maxBatchBytes(final TopicDescription description) {
        final String setting = description.effectiveConfig().get("max.batch.bytes");
        return setting == null ? DEFAULT_MAX_BATCH_BYTES : new BytesConverter().convert(setting);
    }
}
