package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.nio.ByteBuffer;

/** A batch on its way through a {@link ShardWriter}. */
final class PendingAppend {

    private final AppendLane lane;
    private final long deadlineNanos;
    private final AppendCallback callback;
    private final int bytes;
    private ByteBuffer batch;
    private volatile AppendResult result;

    PendingAppend(AppendLane lane, ByteBuffer batch, long deadlineNanos, AppendCallback callback) {
        this.lane = lane;
        this.batch = batch;
        this.bytes = batch.remaining();
        this.deadlineNanos = deadlineNanos;
        this.callback = callback;
    }

    AppendLane lane() {
        return lane;
    }

    int bytes() {
        return bytes;
    }

    /** Whether its bytes can become those of an entry where they are. */
    boolean hasRoom() {
        return CommandCodec.hasRoom(batch);
    }

    boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos > 0;
    }

    /** The batch, once: the publisher's buffer is not held while the entry is under way. */
    ByteBuffer takeBatch() {
        ByteBuffer taken = batch;
        batch = null;
        return taken;
    }

    /** Sets its fate. The lane is failed from the first refusal on. */
    void settle(AppendResult fate) {
        if (fate instanceof Refused refused) {
            boolean consequence =
                    lane.failed() && refused.code() == ErrorCode.OUT_OF_ORDER_SEQUENCE;
            lane.fail();
            result = consequence ? predecessorFailed() : fate;
        } else {
            result = fate;
        }
    }

    /** Null as long as its fate is not known. */
    AppendResult result() {
        return result;
    }

    AppendCallback callback() {
        return callback;
    }

    static Refused predecessorFailed() {
        return new Refused(
                ErrorCode.PREDECESSOR_FAILED,
                "an earlier batch of this stream for the same partition failed; open a new stream"
                        + " and send them again in order");
    }
}
