package io.millrace.broker.receiving;

import io.millrace.broker.queue.RecordDelivery;
import io.millrace.v1.QueueDelivery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a queue hands out in a turn, until it is sent. Confined to the turn. */
final class Outgoing {

    private final HeldBatches held;
    private final long nowMs;
    private final Map<Receiver, Map<HeldBatch, List<RecordDelivery>>> deliveries =
            new LinkedHashMap<>();

    Outgoing(HeldBatches held, long nowMs) {
        this.held = held;
        this.nowMs = nowMs;
    }

    /** The bytes of a record, before compression; 0 if it is not in memory. */
    int bytesOf(RecordDelivery delivery) {
        HeldBatch batch = held.find(delivery.offset(), nowMs);
        return batch == null ? 0 : batch.recordBytes(delivery.offset());
    }

    /** Adds a delivery; false if its batch is not in memory. */
    boolean add(Receiver receiver, RecordDelivery delivery) {
        HeldBatch batch = held.find(delivery.offset(), nowMs);
        if (batch != null) {
            deliveries
                    .computeIfAbsent(receiver, any -> new LinkedHashMap<>())
                    .computeIfAbsent(batch, any -> new ArrayList<>())
                    .add(delivery);
        }
        return batch != null;
    }

    /**
     * Sends all.
     *
     * @param nextOffset all records below were taken in hand
     * @return how many records
     */
    int send(long nextOffset) {
        int records = 0;
        for (Map.Entry<Receiver, Map<HeldBatch, List<RecordDelivery>>> one :
                deliveries.entrySet()) {
            for (Map.Entry<HeldBatch, List<RecordDelivery>> some : one.getValue().entrySet()) {
                send(one.getKey(), some.getKey(), some.getValue(), nextOffset);
                records += some.getValue().size();
            }
        }
        return records;
    }

    private void send(
            Receiver receiver, HeldBatch batch, List<RecordDelivery> records, long nextOffset) {
        records.sort(Comparator.comparingLong(RecordDelivery::offset));
        long spent = 0;
        for (RecordDelivery record : records) {
            spent += batch.recordBytes(record.offset());
        }
        List<QueueDelivery> messages = DeliveryCut.cut(receiver.handle(), batch, records);
        long bytes = messages.stream().mapToLong(message -> message.getBatch().size()).sum();
        receiver.session().deliver(messages, bytes - spent);
        records.forEach(record -> held.handedOut(record.offset(), nextOffset));
    }
}
