package io.millrace.perf.driver;

import io.millrace.client.MillraceClient;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.client.subscribe.Subscriber;
import java.time.Duration;

final class MillraceSubscriber implements DriverSubscriber {
    private final Subscriber subscriber;
    private final MillraceClient own;

    /**
     * @param own is closed with it; null: none
     */
    MillraceSubscriber(Subscriber subscriber, MillraceClient own) {
        this.subscriber = subscriber;
        this.own = own;
    }

    @Override
    public void poll(Duration timeout, RecordSink sink) {
        for (ReceivedRecord record : subscriber.poll(timeout)) {
            sink.accept(record.partition(), record.offset(), record.key(), record.value());
        }
    }

    @Override
    public void close() {
        subscriber.close();
        MillraceDriver.closeOwn(own);
    }
}
