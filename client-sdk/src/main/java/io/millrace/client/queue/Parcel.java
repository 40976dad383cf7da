package io.millrace.client.queue;

import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.batch.BatchBytes;
import io.millrace.protocol.batch.CorruptBatchException;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.QueueDelivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Deliveries out of one batch, as they came. For one thread at a time. */
final class Parcel {
    /** The lease began when the leader sent it: it ends a little before its time by our clock. */
    private static final int MARGIN_PART = 10;

    private final CreditPool.Line line;
    private final QueueDelivery message;
    private final int leaseMs;
    private final long arrivedNanos;
    private final Deque<LeasedDelivery> left = new ArrayDeque<>();
    private boolean read;

    Parcel(
            LeasedDelivery.Speaker speaker,
            QueueSource source,
            CreditPool.Line line,
            QueueDelivery message,
            int leaseMs,
            long nowNanos) {
        this.line = line;
        this.message = message;
        this.leaseMs = leaseMs;
        this.arrivedNanos = nowNanos;
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMs);
        for (DeliveredRecord record : message.getRecordsList()) {
            left.add(
                    new LeasedDelivery(
                            speaker,
                            source,
                            DeliveryName.newBuilder()
                                    .setHandle(message.getHandle())
                                    .setOffset(record.getOffset())
                                    .setDeliveryId(record.getDeliveryId())
                                    .build(),
                            record.getDeliveryCount(),
                            leaseMs,
                            nowNanos + leaseNanos - leaseNanos / MARGIN_PART));
        }
    }

    CreditPool.Line line() {
        return line;
    }

    /** What part of the lease is over: 0 to 1, or more. */
    double age(long nowNanos) {
        return (nowNanos - arrivedNanos) / (double) TimeUnit.MILLISECONDS.toNanos(leaseMs);
    }

    boolean isRead() {
        return read;
    }

    /** How many deliveries are left. */
    int size() {
        return left.size();
    }

    /** What it weighs: freed with its last delivery. */
    int bytes() {
        return message.getBatch().size();
    }

    LeasedDelivery poll() {
        return left.poll();
    }

    /** Takes out all that is left. */
    List<LeasedDelivery> drain() {
        List<LeasedDelivery> all = new ArrayList<>(left);
        left.clear();
        return all;
    }

    /**
     * Finds the records of the deliveries in the batch.
     *
     * @throws MillraceException CORRUPT_LOG if the batch is damaged, or has not all of them
     */
    void read() {
        try {
            findRecords();
        } catch (CorruptBatchException e) {
            throw corrupt(e.getMessage(), e);
        }
        read = true;
    }

    private void findRecords() {
        Map<Long, LeasedDelivery> wanted = new HashMap<>();
        left.forEach(it -> wanted.put(it.name().getOffset(), it));
        RecordBatch batch = RecordBatch.validated(BatchBytes.of(message.getBatch()));
        long offset = message.getBaseOffset();
        for (Record record : batch) {
            LeasedDelivery delivery = wanted.remove(offset);
            if (delivery != null) {
                delivery.setRecord(
                        new ReceivedRecord(
                                delivery.source().partition(),
                                offset,
                                message.getAppendTimeMs(),
                                0,
                                record));
            }
            offset++;
        }
        if (!wanted.isEmpty()) {
            throw corrupt("it has no records at the offsets " + wanted.keySet(), null);
        }
    }

    private MillraceException corrupt(String problem, Throwable cause) {
        return MillraceException.of(
                        ErrorCode.CORRUPT_LOG,
                        "the batch at offset "
                                + message.getBaseOffset()
                                + " of "
                                + left.peek().source().partition()
                                + " is damaged: "
                                + problem,
                        cause)
                .with("offset", message.getBaseOffset());
    }
}
