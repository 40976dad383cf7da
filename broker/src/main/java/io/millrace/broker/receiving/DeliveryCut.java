package io.millrace.broker.receiving;

import com.google.protobuf.UnsafeByteOperations;
import io.millrace.broker.queue.RecordDelivery;
import io.millrace.protocol.batch.RecordRun;
import io.millrace.protocol.batch.RecordWalk;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.QueueDelivery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what a member gets out of a batch: the whole batch as it is, or runs of its records as
 * batches of their own. A few bytes of records between that are not meant go along, since a message
 * of its own costs more.
 */
final class DeliveryCut {

    /** Records that are not meant, between two that are, go along up to so many bytes. */
    static final int MAX_GAP_BYTES = 512;

    /** A longer run is cut into several. */
    static final int MAX_RUN_BYTES = 1 << 20;

    private DeliveryCut() {}

    /**
     * The messages for some records of a batch.
     *
     * @param deliveries by rising offset, at least one
     */
    static List<QueueDelivery> cut(int handle, HeldBatch batch, List<RecordDelivery> deliveries) {
        long plainBytes = 0;
        for (RecordDelivery delivery : deliveries) {
            plainBytes += batch.recordBytes(delivery.offset());
        }
        // Of a compressed batch even a part may take more than the whole.
        boolean whole =
                deliveries.size() == batch.stored().recordCount()
                        || plainBytes >= batch.stored().batch().remaining();
        if (whole) {
            return List.of(
                    message(handle, batch, batch.baseOffset(), batch.stored().batch(), deliveries));
        }
        List<QueueDelivery> messages = new ArrayList<>();
        RecordWalk walk = batch.walk();
        for (int from = 0; from < deliveries.size(); ) {
            int to = runEnd(batch, deliveries, from);
            List<RecordDelivery> run = deliveries.subList(from, to);
            messages.add(
                    message(
                            handle,
                            batch,
                            run.get(0).offset(),
                            ByteBuffer.wrap(encode(batch, walk, run)),
                            run));
            from = to;
        }
        return messages;
    }

    private static int runEnd(HeldBatch batch, List<RecordDelivery> deliveries, int from) {
        long runBytes = batch.recordBytes(deliveries.get(from).offset());
        int to = from + 1;
        for (; to < deliveries.size(); to++) {
            long offset = deliveries.get(to).offset();
            long gapBytes = 0;
            for (long o = deliveries.get(to - 1).offset() + 1;
                    o < offset && gapBytes <= MAX_GAP_BYTES;
                    o++) {
                gapBytes += batch.recordBytes(o);
            }
            runBytes += gapBytes + batch.recordBytes(offset);
            if (gapBytes > MAX_GAP_BYTES || runBytes > MAX_RUN_BYTES) {
                break;
            }
        }
        return to;
    }

    private static byte[] encode(HeldBatch batch, RecordWalk walk, List<RecordDelivery> run) {
        int first = batch.index(run.get(0).offset());
        int last = batch.index(run.get(run.size() - 1).offset());
        while (walk.index() < first) {
            walk.skip();
        }
        RecordRun cut = walk.run();
        while (walk.index() <= last) {
            walk.next();
            cut.extend();
        }
        return cut.encode();
    }

    private static QueueDelivery message(
            int handle,
            HeldBatch batch,
            long baseOffset,
            ByteBuffer bytes,
            List<RecordDelivery> deliveries) {
        QueueDelivery.Builder message =
                QueueDelivery.newBuilder()
                        .setHandle(handle)
                        .setBaseOffset(baseOffset)
                        .setAppendTimeMs(batch.stored().appendTimeMs())
                        // A copy that the reader or the cut made for us; nobody writes to it.
                        .setBatch(UnsafeByteOperations.unsafeWrap(bytes.duplicate()));
        for (RecordDelivery delivery : deliveries) {
            message.addRecords(
                    DeliveredRecord.newBuilder()
                            .setOffset(delivery.offset())
                            .setDeliveryId(delivery.deliveryId())
                            .setDeliveryCount(delivery.deliveries()));
        }
        return message.build();
    }
}
