package io.millrace.cli.subscribe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import io.millrace.cli.FakeAdmin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.LogRange;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class RecordFollowerTest {
    private static final TopicPartition ZERO = new TopicPartition("t", 0);
    private static final TopicPartition ONE = new TopicPartition("t", 1);

    private final FakeSubscriber subscriber = new FakeSubscriber();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldStopAtTheEndOfEachPartition() throws IOException {
        subscriber.gives(record(ZERO, 0), record(ONE, 5), record(ZERO, 1), record(ZERO, 2));
        subscriber.gives(record(ONE, 6), record(ONE, 7));
        follow(Long.MAX_VALUE, Map.of(ZERO, 2L, ONE, 7L));
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 1:5 0:1 1:6 ");
    }

    @Test
    void shouldStopAfterTheCount() throws IOException {
        subscriber.gives(record(ZERO, 0), record(ZERO, 1), record(ZERO, 2));
        follow(2, Map.of());
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 0:1 ");
    }

    @Test
    void shouldStopWhenAGapLeadsPastTheEnd() throws IOException {
        subscriber.gives(record(ZERO, 0));
        subscriber.positions.put(ZERO, 9L);
        follow(Long.MAX_VALUE, Map.of(ZERO, 5L));
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 ");
    }

    @Test
    void shouldPrintWhatCameBeforeAFailure() {
        subscriber.gives(record(ZERO, 0));
        subscriber.failure = MillraceException.of(ErrorCode.OFFSET_OUT_OF_RANGE, "gone");
        assertThatThrownBy(() -> follow(Long.MAX_VALUE, Map.of())).hasMessage("gone");
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 ");
    }

    @Test
    void shouldPassOnThatNobodyReads() {
        subscriber.gives(record(ZERO, 0));
        final OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(final int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        assertThatThrownBy(
                        () ->
                                new RecordFollower(
                                                subscriber,
                                                RecordFormat.of("%o"),
                                                closed,
                                                Long.MAX_VALUE,
                                                Map.of())
                                        .run())
                .hasMessage("Broken pipe");
    }

    @Test
    void shouldEndOnlyAtPartitionsThatHoldAnything() {
        final FakeAdmin admin = new FakeAdmin();
        admin.createTopic(new NewTopic("t", 3));
        admin.put("t", 0, 0, 4);
        admin.put("t", 1, 4, 4);
        admin.put("t", 2, 1, 9);
        assertThat(FollowPlan.ends(admin, "t", Set.of(), Position.earliest(), null))
                .isEqualTo(Map.of(ZERO, 4L, new TopicPartition("t", 2), 9L));
        assertThat(FollowPlan.ends(admin, "t", Set.of(0), Position.earliest(), null))
                .isEqualTo(Map.of(ZERO, 4L));
        assertThat(FollowPlan.ends(admin, "t", Set.of(), Position.latest(), null)).isEmpty();
        assertThat(FollowPlan.ends(admin, "t", Set.of(), Position.offset(4), null))
                .isEqualTo(Map.of(new TopicPartition("t", 2), 9L));
        assertThatThrownBy(() -> FollowPlan.ends(admin, "t", Set.of(), Position.offset(5), null))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("offset 5 lies beyond the end of partition 0, which is 4");
    }

    private void follow(final long limit, final Map<TopicPartition, Long> ends) throws IOException {
        new RecordFollower(subscriber, RecordFormat.of("%p:%o "), out, limit, ends).run();
    }

    private static ReceivedRecord record(final TopicPartition partition, final long offset) {
        return new ReceivedRecord(partition, offset, 0, 1, new Record(0, null, new byte[0]));
    }

    /** Gives what the test put in, then nothing, or fails. */
    private static final class FakeSubscriber implements Subscriber {
        private final Deque<List<ReceivedRecord>> polls = new ArrayDeque<>();
        private final Map<TopicPartition, Long> positions = new java.util.HashMap<>();
        private RuntimeException failure;
        private int idle;

        void gives(final ReceivedRecord... records) {
            polls.add(List.of(records));
        }

        @Override
        public List<ReceivedRecord> poll(final Duration timeout) {
            if (!polls.isEmpty()) {
                return polls.remove();
            }
            if (failure != null) {
                throw failure;
            }
            if (++idle > 10) {
                throw new AssertionError("polls for ever");
            }
            return List.of();
        }

        @Override
        public Map<TopicPartition, Long> positions() {
            return positions;
        }

        @Override
        public Iterator<ReceivedRecord> iterator() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public CompletableFuture<Void> forEachAsync(
                final Consumer<? super ReceivedRecord> handler) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public Flow.Publisher<ReceivedRecord> asFlow() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public Set<TopicPartition> partitions() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public Map<TopicPartition, LogRange> ranges() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public void seek(final TopicPartition partition, final Position position) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public void pause(final Collection<TopicPartition> partitions) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public void resume(final Collection<TopicPartition> partitions) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public void close() {}
    }
}
