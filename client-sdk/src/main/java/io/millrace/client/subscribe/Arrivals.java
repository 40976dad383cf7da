package io.millrace.client.subscribe;

import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cursors by their handles, and what comes for them. What comes on another stream than the
 * cursor's is not for it. Guarded by its owner's lock.
 */
final class Arrivals {
    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    private final Map<Integer, Cursor> byHandle = new LinkedHashMap<>();

    void add(Cursor cursor) {
        byHandle.put(cursor.handle(), cursor);
    }

    void remove(Cursor cursor) {
        byHandle.remove(cursor.handle());
    }

    /** Null: none, or no more. */
    Cursor cursor(int handle) {
        return byHandle.get(handle);
    }

    /**
     * Takes a batch.
     *
     * @return false if offsets before it are missing and no gap was announced: the stream is broken
     */
    boolean batch(SubscribeStream stream, DeliveredBatch batch) {
        Cursor cursor = byHandle.get(batch.getHandle());
        Cursor.Arrival arrival =
                cursor == null || cursor.stream() != stream
                        ? Cursor.Arrival.NOT_WANTED
                        : cursor.arrived(batch);
        if (arrival == Cursor.Arrival.NOT_WANTED) {
            stream.giveBack(batch.getRecordCount(), batch.getBatch().size());
        } else if (arrival == Cursor.Arrival.AFTER_A_HOLE) {
            log.warn(
                    "{}: a batch at offset {} came where {} was due; asking again",
                    cursor.partition(),
                    batch.getBaseOffset(),
                    cursor.resumeAt());
            return false;
        }
        return true;
    }

    void gap(SubscribeStream stream, PartitionGap gap) {
        Cursor cursor = byHandle.get(gap.getHandle());
        if (cursor != null && cursor.stream() == stream) {
            cursor.arrived(gap);
        }
    }

    void heard(SubscribeStream stream, List<PartitionPosition> positions) {
        for (PartitionPosition position : positions) {
            Cursor cursor = byHandle.get(position.getHandle());
            if (cursor != null && cursor.stream() == stream) {
                cursor.heard(position);
            }
        }
    }
}
