package io.millrace.tests.cluster;

import io.millrace.tests.processes.RawPublish;
import io.millrace.v1.BatchAck;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishWelcome;

/**
 * Publishes to one partition, through the one broker that it is told, whatever has become of that
 * broker. For one thread.
 */
final class LoyalPublisher implements AutoCloseable {

    private static final int PROTOCOL_VERSION = 1;

    private final String topic;
    private final int partition;
    private PublishWelcome welcome = PublishWelcome.getDefaultInstance();
    private RawPublish stream;

    private LoyalPublisher(String topic, int partition) {
        this.topic = topic;
        this.partition = partition;
    }

    /** A new producer. */
    static LoyalPublisher to(String address, String topic, int partition)
            throws InterruptedException {
        LoyalPublisher publisher = new LoyalPublisher(topic, partition);
        publisher.turnTo(address);
        return publisher;
    }

    /** Goes on as the same producer on a new stream. */
    void turnTo(String address) throws InterruptedException {
        if (stream != null) {
            stream.close();
        }
        stream = RawPublish.open(address);
        welcome =
                stream.hello(
                        PublishHello.newBuilder()
                                .setProtocolVersion(PROTOCOL_VERSION)
                                .setProducerId(welcome.getProducerId())
                                .setProducerEpoch(welcome.getProducerEpoch())
                                .build());
    }

    /** Sends the record of this sequence and waits for nothing. */
    void send(long sequence) {
        stream.begin(topic, partition, batch(sequence));
    }

    /** The next answer, which must be a refusal. */
    ErrorDetail refused() throws InterruptedException {
        if (stream.next() instanceof PublishResponse response && response.hasRefusal()) {
            return response.getRefusal().getError();
        }
        throw new AssertionError("not refused");
    }

    /** Sends the record of this sequence, which must be acknowledged. */
    BatchAck acknowledged(long sequence) throws InterruptedException {
        return stream.acknowledged(topic, partition, batch(sequence));
    }

    private byte[] batch(long sequence) {
        return stream.stamp(RawPublish.batch("record " + sequence), sequence);
    }

    @Override
    public void close() {
        stream.close();
    }
}
