package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.ErrorReason;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;

/** A publish session with its surroundings, and what it has answered. */
abstract class PublishFixture {

    static final long PRODUCER = 77;

    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final FakeTargets targets = new FakeTargets();
    final RecordingOutlet outlet = new RecordingOutlet();
    final ByteBudget budget = new ByteBudget(1_000, Runnable::run);
    final List<ErrorCode> refusals = new ArrayList<>();
    CompletableFuture<Long> nextId = CompletableFuture.completedFuture(PRODUCER);
    final PublishSession session = new PublishSession(context(), outlet);

    PublishContext context() {
        return new PublishContext(
                new Handshake("cluster-a"),
                targets,
                () -> nextId,
                id -> id <= PRODUCER,
                budget,
                timer,
                System::nanoTime,
                8 << 20,
                3,
                new PublishListener() {
                    @Override
                    public void acknowledged(
                            String topic, int records, int bytes, long nanos, boolean duplicate) {}

                    @Override
                    public void refused(ErrorCode code) {
                        refusals.add(code);
                    }
                });
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    void answerAll(int count) {
        for (int i = 0; i < count; i++) {
            targets.next().stored(i, 1, 1);
        }
    }

    /** The correlation ids of all answers, in their order. */
    List<Long> answered() {
        return outlet.sent.stream()
                .filter(answer -> answer.hasAck() || answer.hasRefusal())
                .map(
                        answer ->
                                answer.hasAck()
                                        ? answer.getAck().getCorrelationId()
                                        : answer.getRefusal().getCorrelationId())
                .toList();
    }

    void hello() {
        session.onRequest(helloRequest());
    }

    static PublishRequest helloRequest() {
        return PublishRequest.newBuilder()
                .setHello(PublishHello.newBuilder().setProtocolVersion(1))
                .build();
    }

    void append(long correlationId, ByteString batch) {
        append(correlationId, "t", batch);
    }

    void append(long correlationId, String topic, ByteString batch) {
        session.onRequest(appendRequest(correlationId, topic, batch));
    }

    static PublishRequest appendRequest(long correlationId, String topic, ByteString batch) {
        return PublishRequest.newBuilder()
                .setAppend(
                        BatchAppend.newBuilder()
                                .setCorrelationId(correlationId)
                                .setTopic(topic)
                                .setBatch(batch))
                .build();
    }

    static ByteString batch(long sequence, int records) {
        return batchOf(PRODUCER, sequence, records);
    }

    static ByteString bigBatch(long sequence) {
        return BatchBytes.of(PRODUCER, sequence, new byte[900]);
    }

    static ByteString batchOf(long producer, long sequence, int records) {
        byte[][] values = new byte[records][];
        for (int i = 0; i < records; i++) {
            values[i] = ("v" + i).getBytes(StandardCharsets.UTF_8);
        }
        return BatchBytes.of(producer, sequence, values);
    }

    PublishResponse last() {
        return outlet.sent.get(outlet.sent.size() - 1);
    }

    ErrorReason refusal(long correlationId) {
        return outlet.sent.stream()
                .filter(r -> r.hasRefusal() && r.getRefusal().getCorrelationId() == correlationId)
                .map(r -> r.getRefusal().getError().getReason())
                .findFirst()
                .orElse(null);
    }

    /** Encoded batches. */
    static final class BatchBytes {

        static ByteString of(long producer, long sequence, byte[]... values) {
            RecordBatchBuilder builder = new RecordBatchBuilder();
            for (byte[] value : values) {
                builder.append(new Record(1_000, null, value));
            }
            return ByteString.copyFrom(
                    builder.build(Compression.NONE).stamp(producer, 0, sequence));
        }
    }

    static final class RecordingOutlet implements PublishOutlet {

        final List<PublishResponse> sent = new CopyOnWriteArrayList<>();
        MillraceException failure;
        boolean completed;
        boolean ready = true;
        boolean broken;
        int requested;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(PublishResponse response) {
            if (broken) {
                throw new IllegalStateException("the call is closed");
            }
            sent.add(response);
        }

        @Override
        public void requestNext() {
            requested++;
        }

        @Override
        public void complete() {
            completed = true;
        }

        @Override
        public void fail(MillraceException reason) {
            failure = reason;
        }
    }

    static final class FakeTargets implements AppendTargets, AppendTarget {

        static final long TOPIC_ID = 9;

        final Deque<AppendCallback> waiting = new ArrayDeque<>();
        int maxBatchBytes = 1 << 20;
        long term = 3;

        AppendCallback next() {
            return waiting.remove();
        }

        @Override
        public AppendTarget target(String topic, long topicId, int partition) {
            if (topic.equals("bug")) {
                throw new IllegalStateException("a bug");
            }
            if (topicId != 0 && topicId != TOPIC_ID) {
                throw MillraceException.of(ErrorCode.TOPIC_RECREATED, "another topic");
            }
            if (topic.startsWith("missing")) {
                throw MillraceException.of(ErrorCode.UNKNOWN_TOPIC, "no topic missing");
            }
            return this;
        }

        @Override
        public int maxBatchBytes() {
            return maxBatchBytes;
        }

        @Override
        public long leadingTerm() {
            return term;
        }

        @Override
        public MillraceException notLeading(String name) {
            return MillraceException.of(ErrorCode.NOT_LEADER, name + " is led elsewhere")
                    .with("leader", "other:7400");
        }

        @Override
        public void append(
                long expectedTerm, ByteBuffer batch, long deadlineNanos, AppendCallback callback) {
            assertThat(expectedTerm).isEqualTo(term);
            waiting.add(callback);
        }
    }
}
