package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueCommand.DropQueue;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a {@link QueueCommand}: a version, a kind, then numbers of variable length. No
 * checksum: the write-ahead log has one.
 */
public final class QueueCommandCodec {

    /** The version written. A kind that older brokers do not know needs a cluster feature level. */
    private static final int VERSION = 1;

    private static final int OPEN = 1;
    private static final int SETTLE = 2;
    private static final int DROP = 3;
    private static final int REDRIVE = 4;

    private QueueCommandCodec() {}

    /** The bytes of a command, in an array-backed buffer of its own. */
    public static ByteBuffer encode(QueueCommand command) {
        VarintWriter out = new VarintWriter().put(VERSION);
        if (command instanceof OpenQueue open) {
            putKey(out.put(OPEN), open.key());
            out.put(open.start());
        } else if (command instanceof SettleRecords settle) {
            out.put(SETTLE).put(settle.settlements().size());
            settle.settlements().forEach(settlement -> putSettlement(out, settlement));
        } else if (command instanceof DropQueue drop) {
            out.put(DROP).put(drop.groupId());
        } else if (command instanceof Redrive redrive) {
            putKey(out.put(REDRIVE), redrive.key());
            redrive.offsets().write(out);
        }
        return out.toBuffer();
    }

    /**
     * The command that the bytes between position and limit stand for. The buffer is left as it is.
     *
     * @throws IllegalArgumentException if they stand for none; nothing else is thrown, whatever the
     *     bytes are
     */
    public static QueueCommand decode(ByteBuffer data) {
        VarintReader in = new VarintReader(data);
        long version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "queue command of version " + version + "; this broker reads " + VERSION);
        }
        QueueCommand command = decodeKind(in.getInt(), in);
        in.end();
        return command;
    }

    private static QueueCommand decodeKind(int kind, VarintReader in) {
        switch (kind) {
            case OPEN:
                return new OpenQueue(getKey(in), in.get());
            case SETTLE:
                int count = in.count(5);
                List<QueueSettlement> settlements = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    settlements.add(
                            new QueueSettlement(
                                    getKey(in),
                                    OffsetSet.read(in),
                                    OffsetSet.read(in),
                                    DeliveryMarks.read(in)));
                }
                return new SettleRecords(settlements);
            case DROP:
                return new DropQueue(in.get());
            case REDRIVE:
                return new Redrive(getKey(in), OffsetSet.read(in));
            default:
                throw new IllegalArgumentException(
                        "queue command of kind " + kind + ", unknown to this broker");
        }
    }

    private static void putSettlement(VarintWriter out, QueueSettlement settlement) {
        putKey(out, settlement.key());
        settlement.done().write(out);
        settlement.dead().write(out);
        settlement.marks().write(out);
    }

    private static void putKey(VarintWriter out, QueueKey key) {
        out.put(key.partitionId()).put(key.groupId());
    }

    private static QueueKey getKey(VarintReader in) {
        return new QueueKey(in.get(), in.get());
    }
}
