package io.millrace.cli.subscribe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.queue.Delivery;
import io.millrace.client.queue.QueueReceiver;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QueueFollowerTest {
    private static final TopicPartition ZERO = new TopicPartition("t", 0);

    private final Deque<List<Delivery>> rounds = new ArrayDeque<>();
    private final List<Long> acknowledged = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private MillraceException refusal;
    private int printedAtAck;

    @Test
    void shouldAcknowledgeWhatStdoutHasTaken() throws IOException {
        gives(0, 1);
        gives(2);
        final QueueFollower follower = follower(out, 3);
        follower.run();
        assertThat(out.toString(UTF_8)).isEqualTo("0 1 2 ");
        assertThat(acknowledged).containsExactly(0L, 1L, 2L);
        assertThat(printedAtAck).as("all three were printed before the last").isEqualTo(6);
        assertThat(follower.expired()).isZero();
    }

    @Test
    void shouldNotAcknowledgeWhatNobodyReads() {
        gives(0);
        final OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(final int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        assertThatThrownBy(() -> follower(closed, 1).run()).hasMessage("Broken pipe");
        assertThat(acknowledged).isEmpty();
    }

    @Test
    void shouldCountWhatWasPrintedTooLate() throws IOException {
        gives(0, 1);
        refusal = MillraceException.of(ErrorCode.DELIVERY_EXPIRED, "late");
        final QueueFollower follower = follower(out, 2);
        follower.run();
        assertThat(follower.expired()).isEqualTo(2);
    }

    @Test
    void shouldFailWhenItCannotAcknowledge() {
        gives(0);
        refusal = MillraceException.of(ErrorCode.NOT_READY, "closed");
        assertThatThrownBy(() -> follower(out, 1).run()).hasMessage("closed");
        assertThat(out.toString(UTF_8)).isEqualTo("0 ");
    }

    @Test
    void shouldStopAtTheEnd() throws IOException {
        gives(0);
        new QueueFollower(new FakeReceiver(), RecordFormat.of("%o "), out, 99, () -> true).run();
        assertThat(out.toString(UTF_8)).isEqualTo("0 ");
        assertThat(acknowledged).containsExactly(0L);
    }

    private QueueFollower follower(final OutputStream to, final long limit) {
        return new QueueFollower(
                new FakeReceiver(), RecordFormat.of("%o "), to, limit, () -> false);
    }

    private void gives(final long... offsets) {
        rounds.add(LongStream.of(offsets).<Delivery>mapToObj(FakeDelivery::new).toList());
    }

    private final class FakeReceiver implements QueueReceiver {
        private int idle;

        @Override
        public List<Delivery> receive(final Duration timeout) {
            if (rounds.isEmpty() && ++idle > 10) {
                throw new AssertionError("receives for ever");
            }
            return rounds.isEmpty() ? List.of() : rounds.remove();
        }

        @Override
        public Set<TopicPartition> assignment() {
            return Set.of(ZERO);
        }

        @Override
        public void close() {}
    }

    private final class FakeDelivery implements Delivery {
        private final long offset;

        private FakeDelivery(final long offset) {
            this.offset = offset;
        }

        @Override
        public ReceivedRecord record() {
            return new ReceivedRecord(ZERO, offset, 0, 1, new Record(0, null, new byte[0]));
        }

        @Override
        public int deliveryCount() {
            return 1;
        }

        @Override
        public CompletableFuture<Void> ack() {
            acknowledged.add(offset);
            printedAtAck = out.size();
            return refusal == null
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(refusal);
        }

        @Override
        public CompletableFuture<Void> nack(final Duration delay, final String reason) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public CompletableFuture<Void> reject(final String reason) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public CompletableFuture<Void> extend(final Duration lease) {
            throw new AssertionError("nobody is to ask for this");
        }
    }
}
