package io.millrace.cli.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.cli.CommandException;
import io.millrace.client.publish.Durability;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.PublishedRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

final class LinePublisherTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final FakePublisher publisher = new FakePublisher();

    @Test
    void shouldCountWhatIsAcknowledged() throws Exception {
        final LinePublisher lines = start("a\nb\n\nc");
        assertThat(lines.await(SOON)).isTrue();
        assertThat(publisher.values()).containsExactly("a", "b", "", "c");
        assertThat(lines.waiting()).isEqualTo(4);
        publisher.acknowledgeAll();
        assertThat(lines.summary()).isEqualTo(new PublishSummary(4, 0, 0));
        assertThat(lines.failure()).isNull();
    }

    @Test
    void shouldStopAtTheFirstRefusalWhileTheNextLineHasNotCome() throws Exception {
        final PipedOutputStream pipe = new PipedOutputStream();
        final LinePublisher lines = start(new PipedInputStream(pipe), null);
        pipe.write("a\nb\n".getBytes(UTF_8));
        pipe.flush();
        await().until(() -> publisher.sent.size() == 2);
        publisher.answer(0).complete(stored());
        publisher.refuse(1, WriteOutcome.NOT_APPLIED);
        assertThat(lines.await(SOON)).isTrue();
        assertThat(lines.summary()).isEqualTo(new PublishSummary(1, 1, 0));
        assertThat(lines.failure()).hasMessage("refused");
        pipe.write("c\n".getBytes(UTF_8));
        pipe.close();
        assertThat(publisher.values()).containsExactly("a", "b");
    }

    @Test
    void shouldTellUnknownFromNotApplied() throws Exception {
        final LinePublisher lines = start("a\nb\nc\n");
        assertThat(lines.await(SOON)).isTrue();
        publisher.refuse(0, WriteOutcome.UNKNOWN);
        publisher.refuse(1, WriteOutcome.NOT_APPLIED);
        publisher.answer(2).completeExceptionally(new IllegalArgumentException("a bug"));
        assertThat(lines.summary()).isEqualTo(new PublishSummary(0, 1, 2));
    }

    @Test
    void shouldKeepWhatCameBeforeABadLine() throws Exception {
        final LinePublisher lines =
                start(new ByteArrayInputStream("k:v\nbad\nk:w\n".getBytes(UTF_8)), ":");
        assertThat(lines.await(SOON)).isTrue();
        publisher.acknowledgeAll();
        assertThat(publisher.values()).containsExactly("v");
        assertThat(lines.summary()).isEqualTo(new PublishSummary(1, 0, 0));
        assertThat(lines.failure())
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("line 2 ");
    }

    @Test
    void shouldSayWhyReadingFailed() throws Exception {
        final InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("no more");
                    }
                };
        final LinePublisher lines = start(broken, null);
        assertThat(lines.await(SOON)).isTrue();
        assertThat(lines.failure()).hasRootCauseMessage("no more");
    }

    @Test
    void shouldGiveEveryRecordItsHeadersKeyAndPartition() throws Exception {
        final RecordTemplate template =
                new RecordTemplate(
                        "t",
                        OptionalInt.of(3),
                        new KeySeparator("="),
                        List.of(Header.ofText("lang", "en")),
                        null);
        final OutgoingRecord record = template.record("k=v".getBytes(UTF_8), 1);
        assertThat(record.partition()).hasValue(3);
        assertThat(record.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(record.value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(record.headers()).containsExactly(Header.ofText("lang", "en"));
        assertThat(template.maxLineBytes(1 << 20)).isBetween((1 << 20) - 200, (1 << 20) - 80);
        assertThat(template.maxLineBytes(10)).isZero();
    }

    @Test
    void shouldSayWhenARecordMayBeDelivered() {
        final var later = new DeliveryTime.Converter(Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(deliverAt(later.convert("+10m"))).isEqualTo(NOW.plusSeconds(600));
        assertThat(deliverAt(later.convert("2030-01-01")))
                .isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
        assertThat(deliverAt(later.convert("1795341600001")))
                .isEqualTo(Instant.ofEpochMilli(1_795_341_600_001L));
        for (final String wrong : List.of("", "+", "10m", "-10m", "+10", "soon", "+99999999d")) {
            assertThatThrownBy(() -> later.convert(wrong))
                    .as(wrong)
                    .isInstanceOf(TypeConversionException.class);
        }
    }

    private static Instant deliverAt(final DeliveryTime time) {
        final RecordTemplate template =
                new RecordTemplate("t", OptionalInt.empty(), null, List.of(), time);
        assertThat(template.maxLineBytes(1 << 20)).isLessThan((1 << 20) - 100);
        final Header header = template.record(new byte[0], 1).headers().get(0);
        assertThat(header.name()).isEqualTo("millrace-deliver-at");
        return Instant.ofEpochMilli(Long.parseLong(header.text()));
    }

    private LinePublisher start(final String text) {
        return start(new ByteArrayInputStream(text.getBytes(UTF_8)), null);
    }

    private LinePublisher start(final InputStream in, final String separator) {
        final RecordTemplate template =
                new RecordTemplate(
                        "t",
                        OptionalInt.empty(),
                        separator == null ? null : new KeySeparator(separator),
                        List.of(),
                        null);
        final LinePublisher lines =
                new LinePublisher(new LineReader(in, 1_000), template, publisher);
        lines.start();
        return lines;
    }

    private static PublishedRecord stored() {
        return new PublishedRecord(
                new TopicPartition("t", 0), 0, 0, false, Durability.QUORUM_FSYNC);
    }

    /** Keeps records until the test answers. */
    private static final class FakePublisher implements Publisher {
        private final List<OutgoingRecord> sent = new CopyOnWriteArrayList<>();
        private final List<CompletableFuture<PublishedRecord>> answers =
                new CopyOnWriteArrayList<>();

        @Override
        public CompletableFuture<PublishedRecord> publish(final OutgoingRecord record) {
            final CompletableFuture<PublishedRecord> answer = new CompletableFuture<>();
            answers.add(answer);
            sent.add(record);
            return answer;
        }

        @Override
        public int partitionCount(final String topic) {
            return 1;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public void close(final Duration timeout) {}

        List<String> values() {
            return sent.stream().map(it -> new String(it.value(), UTF_8)).toList();
        }

        CompletableFuture<PublishedRecord> answer(final int index) {
            return answers.get(index);
        }

        void acknowledgeAll() {
            answers.forEach(it -> it.complete(stored()));
        }

        void refuse(final int index, final WriteOutcome outcome) {
            answer(index)
                    .completeExceptionally(
                            MillraceException.of(ErrorCode.DISK_FULL, "refused")
                                    .withOutcome(outcome));
        }
    }
}
