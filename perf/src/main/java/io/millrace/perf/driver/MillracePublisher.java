package io.millrace.perf.driver;

import io.millrace.client.MillraceClient;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import java.time.Duration;

final class MillracePublisher implements DriverPublisher {
    private final Publisher publisher;
    private final String topic;
    private final AckTally tally;
    private final MillraceClient own;

    /**
     * @param own is closed with it; null: none
     */
    MillracePublisher(Publisher publisher, String topic, AckTally tally, MillraceClient own) {
        this.publisher = publisher;
        this.topic = topic;
        this.tally = tally;
        this.own = own;
    }

    @Override
    public void publish(int partition, byte[] key, byte[] value, Answer answer) {
        publisher
                .publish(record(partition, key, value))
                .whenComplete(
                        (stored, failure) -> {
                            if (failure != null) {
                                answer.failed(failure);
                                return;
                            }
                            tally.count(stored);
                            answer.stored(stored.offset(), stored.duplicate());
                        });
    }

    @Override
    public void flush() {
        publisher.flush();
    }

    @Override
    public void close(Duration time) {
        publisher.close(time);
        MillraceDriver.closeOwn(own);
    }

    private OutgoingRecord record(int partition, byte[] key, byte[] value) {
        OutgoingRecord.Builder record = OutgoingRecord.to(topic).key(key).value(value);
        return (partition == ANY_PARTITION ? record : record.partition(partition)).build();
    }
}
