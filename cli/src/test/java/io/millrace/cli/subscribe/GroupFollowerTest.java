package io.millrace.cli.subscribe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import io.millrace.client.group.CommitPosition;
import io.millrace.client.group.GroupSubscriber;
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
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class GroupFollowerTest {
    private static final TopicPartition ZERO = new TopicPartition("t", 0);
    private static final TopicPartition ONE = new TopicPartition("t", 1);

    private final FakeMember member = new FakeMember();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldCommitWhatItHasPrintedOfTheLastPoll() throws IOException {
        member.gives(record(ZERO, 0), record(ZERO, 1));
        member.gives(record(ZERO, 2), record(ONE, 7), record(ONE, 8));
        follow(4);
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 0:1 0:2 1:7 ");
        // The poll before is done, the subscriber sees to that; of this one a record is left.
        assertThat(member.committed)
                .isEqualTo(Map.of(ZERO, CommitPosition.of(3), ONE, CommitPosition.of(8)));
    }

    @Test
    void shouldNotPollAgainBeforeStdoutHasTakenEverything() throws IOException {
        member.gives(record(ZERO, 0));
        member.gives(record(ZERO, 1));
        member.onPoll = polls -> assertThat(out.size()).isEqualTo(4 * (polls - 1));
        follow(2);
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 0:1 ");
    }

    @Test
    void shouldNotCommitWhatNobodyReads() {
        member.gives(record(ZERO, 0));
        final OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(final int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        assertThatThrownBy(
                        () ->
                                new GroupFollower(
                                                member,
                                                RecordFormat.of("%p:%o "),
                                                closed,
                                                1,
                                                () -> false)
                                        .run())
                .hasMessage("Broken pipe");
        assertThat(member.committed).isEmpty();
    }

    @Test
    void shouldStopAtTheEndButNotBeforeWhatIsThereIsPrinted() throws IOException {
        member.gives(record(ZERO, 0));
        new GroupFollower(member, RecordFormat.of("%p:%o "), out, 99, () -> true).run();
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 ");
    }

    @Test
    void shouldNotCommitWhatItHoldsNoMore() throws IOException {
        member.gives(record(ZERO, 0), record(ONE, 0));
        member.assignment.remove(ZERO);
        follow(2);
        assertThat(member.committed).isEqualTo(Map.of(ONE, CommitPosition.of(1)));
    }

    @Test
    void shouldSayThatWhatItPrintedIsGivenAgain() {
        member.gives(record(ZERO, 0));
        member.refusal = MillraceException.of(ErrorCode.MEMBER_FENCED, "too late");
        assertThatThrownBy(() -> follow(1))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("given again: too late");
        assertThat(out.toString(UTF_8)).isEqualTo("0:0 ");
    }

    private void follow(final long limit) throws IOException {
        new GroupFollower(member, RecordFormat.of("%p:%o "), out, limit, () -> false).run();
    }

    private static ReceivedRecord record(final TopicPartition partition, final long offset) {
        return new ReceivedRecord(partition, offset, 0, 1, new Record(0, null, new byte[0]));
    }

    /** Gives what the test put in, then nothing. */
    private static final class FakeMember implements GroupSubscriber {
        private final Deque<List<ReceivedRecord>> polls = new ArrayDeque<>();
        private final Map<TopicPartition, CommitPosition> committed = new HashMap<>();
        private final Set<TopicPartition> assignment = new HashSet<>(Set.of(ZERO, ONE));
        private java.util.function.IntConsumer onPoll = polls -> {};
        private MillraceException refusal;
        private int polled;

        void gives(final ReceivedRecord... records) {
            polls.add(List.of(records));
        }

        @Override
        public List<ReceivedRecord> poll(final Duration timeout) {
            onPoll.accept(++polled);
            if (polled > 10) {
                throw new AssertionError("polls for ever");
            }
            return polls.isEmpty() ? List.of() : polls.remove();
        }

        @Override
        public void commit(final Map<TopicPartition, CommitPosition> positions) {
            if (refusal != null) {
                throw refusal;
            }
            committed.putAll(positions);
        }

        @Override
        public Set<TopicPartition> assignment() {
            return Set.copyOf(assignment);
        }

        @Override
        public void commit() {
            throw new AssertionError("that would commit what is not printed");
        }

        @Override
        public CompletableFuture<Void> commitAsync() {
            throw new AssertionError("that would commit what is not printed");
        }

        @Override
        public CompletableFuture<Void> commitAsync(
                final Map<TopicPartition, CommitPosition> positions) {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public OptionalLong assignmentEpoch(final TopicPartition partition) {
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
