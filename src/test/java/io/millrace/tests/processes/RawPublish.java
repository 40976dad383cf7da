package io.millrace.tests.processes;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.EncodedBatch;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.v1.BatchAck;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishServiceGrpc;
import io.millrace.v1.PublishWelcome;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A publish stream without the SDK, to say what the SDK never would. For one thread. */
public final class RawPublish implements AutoCloseable {

    /** The version of the protocol that the tests speak. */
    static final int VERSION = 1;

    private static final long ANSWER_SECONDS = 30;

    private final ManagedChannel channel;
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<PublishRequest> requests;
    private PublishWelcome welcome = PublishWelcome.getDefaultInstance();
    private long correlationId;

    private RawPublish(String server) {
        channel = ManagedChannelBuilder.forTarget(server).usePlaintext().build();
        requests = PublishServiceGrpc.newStub(channel).publish(new Answers());
    }

    /** A stream on which nothing was said yet. */
    public static RawPublish open(String server) {
        return new RawPublish(server);
    }

    /** A stream that was welcomed as a new producer. */
    public static RawPublish welcomed(String server) throws InterruptedException {
        RawPublish stream = open(server);
        stream.hello(PublishHello.newBuilder().setProtocolVersion(VERSION).build());
        return stream;
    }

    /** A batch of one record for each text. */
    public static EncodedBatch batch(String... values) {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (String value : values) {
            builder.append(new Record(0, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build(Compression.NONE);
    }

    /** Says who publishes, and waits for the welcome. */
    public PublishWelcome hello(PublishHello hello) throws InterruptedException {
        send(PublishRequest.newBuilder().setHello(hello).build());
        welcome = ((PublishResponse) next()).getWelcome();
        return welcome;
    }

    /** The bytes of a batch as the producer of this stream sends it. */
    public byte[] stamp(EncodedBatch batch, long firstSequence) {
        return batch.stamp(welcome.getProducerId(), welcome.getProducerEpoch(), firstSequence);
    }

    /** Sends a batch and waits for its answer. */
    PublishResponse append(String topic, int partition, byte[] batch) throws InterruptedException {
        begin(topic, partition, batch);
        Object answer = next();
        if (answer instanceof PublishResponse response) {
            return response;
        }
        throw new IllegalStateException("the stream broke", (Throwable) answer);
    }

    /** Sends a batch and waits for nothing. */
    public void begin(String topic, int partition, byte[] batch) {
        send(
                PublishRequest.newBuilder()
                        .setAppend(
                                BatchAppend.newBuilder()
                                        .setCorrelationId(++correlationId)
                                        .setTopic(topic)
                                        .setPartition(partition)
                                        .setBatch(ByteString.copyFrom(batch)))
                        .build());
    }

    /** Sends a batch that must be acknowledged. */
    public BatchAck acknowledged(String topic, int partition, byte[] batch)
            throws InterruptedException {
        PublishResponse response = append(topic, partition, batch);
        if (!response.hasAck()) {
            throw new IllegalStateException("not acknowledged: " + response);
        }
        return response.getAck();
    }

    /** Sends a batch that must be refused, with a message for people. */
    public ErrorDetail refused(String topic, int partition, byte[] batch)
            throws InterruptedException {
        PublishResponse response = append(topic, partition, batch);
        if (!response.hasRefusal()) {
            throw new IllegalStateException("not refused: " + response);
        }
        ErrorDetail error = response.getRefusal().getError();
        Messages.forPeople(error.getMessage());
        return error;
    }

    void send(PublishRequest request) {
        requests.onNext(request);
    }

    /** What comes next: a response, or why the stream broke. */
    public Object next() throws InterruptedException {
        Object answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IllegalStateException("no answer within " + ANSWER_SECONDS + " s");
        }
        return answer;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class Answers implements StreamObserver<PublishResponse> {

        @Override
        public void onNext(PublishResponse response) {
            answers.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {
            answers.add(new IllegalStateException("the broker has ended the stream"));
        }
    }
}
