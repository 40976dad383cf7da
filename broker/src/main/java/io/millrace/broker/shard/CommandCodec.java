package io.millrace.broker.shard;

import io.millrace.broker.group.GroupCodec;
import io.millrace.broker.queue.QueueCommandCodec;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.ConfigurePartition;
import io.millrace.broker.shard.ShardCommand.CreatePartition;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.broker.shard.ShardCommand.Unreadable;
import io.millrace.broker.wire.MalformedException;
import io.millrace.protocol.error.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a {@link ShardCommand}: a version, a kind, then fixed-width fields in big-endian
 * order; changes of groups and queues are in formats of their own. No checksum: the write-ahead log
 * has one.
 *
 * <p>Decoding never throws, whatever the bytes are: an exception while applying would stop every
 * replica, and again at each start.
 */
final class CommandCodec {

    /** The version written. A kind that older brokers do not know needs a cluster feature level. */
    static final byte VERSION = 1;

    /** Version, kind, leader time and count. */
    static final int APPEND_HEADER_BYTES = 1 + 1 + 8 + 4;

    /** Partition id and length before each batch. */
    static final int APPEND_BATCH_BYTES = 8 + 4;

    /** What is before the bytes of a batch that is alone in its entry. */
    static final int ALONE_BYTES = APPEND_HEADER_BYTES + APPEND_BATCH_BYTES;

    private static final byte APPEND = 1;
    private static final byte CREATE = 2;
    private static final byte CONFIGURE = 3;
    private static final byte DELETE = 4;
    private static final byte TRIM = 5;
    private static final byte GROUP = 6;
    private static final byte QUEUE = 7;

    private static final int TRIM_BYTES = 8 + 8 + 1;
    static final int CONFIG_BYTES = 4 * 8 + 4;

    private CommandCodec() {}

    /** The bytes of a command, in an array-backed buffer. */
    static ByteBuffer encode(ShardCommand command) {
        if (command instanceof AppendBatches append) {
            return encodeAppend(append);
        } else if (command instanceof CreatePartition create) {
            ByteBuffer out = begin(CREATE, 8 + 8 + 4 + CONFIG_BYTES + 8);
            out.putLong(create.partitionId()).putLong(create.topicId()).putInt(create.partition());
            putConfig(out, create.config());
            return out.putLong(create.placementVersion()).flip();
        } else if (command instanceof ConfigurePartition configure) {
            ByteBuffer out = begin(CONFIGURE, 8 + CONFIG_BYTES + 8);
            out.putLong(configure.partitionId());
            putConfig(out, configure.config());
            return out.putLong(configure.placementVersion()).flip();
        } else if (command instanceof DeletePartition delete) {
            ByteBuffer out = begin(DELETE, 8 + 8);
            return out.putLong(delete.partitionId()).putLong(delete.placementVersion()).flip();
        } else if (command instanceof TrimPartitions trim) {
            ByteBuffer out = begin(TRIM, 4 + trim.trims().size() * TRIM_BYTES);
            out.putInt(trim.trims().size());
            for (Trim one : trim.trims()) {
                out.putLong(one.partitionId()).putLong(one.startOffset());
                out.put(one.reason().code());
            }
            return out.flip();
        } else if (command instanceof ChangeGroup group) {
            return encodeBody(GROUP, GroupCodec.encode(group.change()));
        } else if (command instanceof ChangeQueue queue) {
            return encodeBody(QUEUE, QueueCommandCodec.encode(queue.change()));
        }
        throw new IllegalArgumentException(
                "a " + command.getClass().getSimpleName() + " is never written");
    }

    /**
     * The command that the bytes between position and limit stand for. Batches are views of them,
     * not copies. The buffer is left as it is.
     *
     * @return {@link Unreadable} if they stand for none
     */
    static ShardCommand decode(ByteBuffer data) {
        ByteBuffer in = data.slice().order(ByteOrder.BIG_ENDIAN);
        try {
            byte version = in.get();
            byte kind = in.get();
            if (version != VERSION) {
                return new Unreadable(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "entry of version " + version + "; this broker reads " + VERSION);
            }
            ShardCommand command = decodeKind(kind, in);
            return in.hasRemaining()
                    ? invalid(in.remaining() + " bytes too many behind an entry of kind " + kind)
                    : command;
        } catch (BufferUnderflowException e) {
            return invalid("the entry ends too early, after " + data.remaining() + " bytes");
        } catch (MalformedException | IllegalArgumentException e) {
            return invalid(e.getMessage());
        }
    }

    private static ShardCommand decodeKind(byte kind, ByteBuffer in) throws MalformedException {
        switch (kind) {
            case APPEND:
                return decodeAppend(in);
            case CREATE:
                return new CreatePartition(
                        in.getLong(), in.getLong(), in.getInt(), getConfig(in), in.getLong());
            case CONFIGURE:
                return new ConfigurePartition(in.getLong(), getConfig(in), in.getLong());
            case DELETE:
                return new DeletePartition(in.getLong(), in.getLong());
            case TRIM:
                return decodeTrim(in);
            case GROUP:
                return new ChangeGroup(GroupCodec.decodeCommand(takeRest(in)));
            case QUEUE:
                return new ChangeQueue(QueueCommandCodec.decode(takeRest(in)));
            default:
                in.position(in.limit());
                return new Unreadable(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "entry of kind " + kind + ", unknown to this broker");
        }
    }

    private static ByteBuffer encodeAppend(AppendBatches append) {
        int size = 8 + 4;
        for (PartitionBatch batch : append.batches()) {
            size = Math.addExact(size, APPEND_BATCH_BYTES + batch.batch().remaining());
        }
        ByteBuffer out = begin(APPEND, size);
        out.putLong(append.leaderTimeMs()).putInt(append.batches().size());
        for (PartitionBatch batch : append.batches()) {
            out.putLong(batch.partitionId()).putInt(batch.batch().remaining());
            out.put(batch.batch().duplicate());
        }
        return out.flip();
    }

    /** Whether {@link #encodeInPlace} can be used. */
    static boolean hasRoom(ByteBuffer batch) {
        return batch.hasArray() && batch.position() >= ALONE_BYTES;
    }

    /**
     * The bytes of an {@link AppendBatches} with one batch, which is not copied.
     *
     * @param batch the batch between position and limit; what is before them is written over
     */
    static ByteBuffer encodeInPlace(long leaderTimeMs, long partitionId, ByteBuffer batch) {
        int length = batch.remaining();
        ByteBuffer out = batch.slice(batch.position() - ALONE_BYTES, ALONE_BYTES + length);
        out.put(VERSION).put(APPEND).putLong(leaderTimeMs).putInt(1);
        return out.putLong(partitionId).putInt(length).rewind();
    }

    private static AppendBatches decodeAppend(ByteBuffer in) {
        long leaderTimeMs = in.getLong();
        int count = getCount(in, APPEND_BATCH_BYTES);
        List<PartitionBatch> batches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long partitionId = in.getLong();
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IllegalArgumentException(
                        "batch " + i + " of " + length + " bytes, " + in.remaining() + " left");
            }
            batches.add(new PartitionBatch(partitionId, in.slice(in.position(), length)));
            in.position(in.position() + length);
        }
        return new AppendBatches(leaderTimeMs, batches);
    }

    private static TrimPartitions decodeTrim(ByteBuffer in) {
        int count = getCount(in, TRIM_BYTES);
        List<Trim> trims = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            trims.add(new Trim(in.getLong(), in.getLong(), TrimReason.ofCode(in.get())));
        }
        return new TrimPartitions(trims);
    }

    /** A count that the bytes left can hold, so that a wild one allocates nothing. */
    private static int getCount(ByteBuffer in, int minBytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / minBytesEach) {
            throw new IllegalArgumentException(
                    "count " + count + " in an entry with " + in.remaining() + " bytes left");
        }
        return count;
    }

    static void putConfig(ByteBuffer out, PartitionConfig config) {
        out.putLong(config.segmentBytes()).putLong(config.segmentAgeMs());
        out.putLong(config.retentionBytes()).putLong(config.retentionMs());
        out.putInt(config.maxBatchBytes());
    }

    static PartitionConfig getConfig(ByteBuffer in) {
        return new PartitionConfig(
                in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInt());
    }

    private static ByteBuffer encodeBody(byte kind, ByteBuffer body) {
        return begin(kind, body.remaining()).put(body).flip();
    }

    private static ByteBuffer takeRest(ByteBuffer in) {
        ByteBuffer rest = in.slice();
        in.position(in.limit());
        return rest;
    }

    private static ByteBuffer begin(byte kind, int bodyBytes) {
        return ByteBuffer.allocate(2 + bodyBytes).put(VERSION).put(kind);
    }

    private static Unreadable invalid(String reason) {
        return new Unreadable(ErrorCode.INVALID_ARGUMENT, reason);
    }
}
