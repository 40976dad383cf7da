package io.millrace.broker.shard;

import io.millrace.broker.group.GroupCodec;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.queue.QueueTableSnapshot;
import io.millrace.broker.wire.MalformedException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The bytes of a {@link Manifest}: magic and version, the replicated part, the local part, CRC32C
 * over all before it. The replicated part is the same on every replica at one Raft index and is all
 * that a new replica is sent; the local part says which segments of this broker hold the records,
 * and which it misses. Sent alone, the replicated part has a magic and a checksum of its own.
 */
final class ManifestCodec {

    /** "MRD" and the version 3. */
    private static final int MAGIC = 0x4D524403;

    /** Version 2 knew of no groups. */
    private static final int MAGIC_WITHOUT_GROUPS = 0x4D524402;

    /** Version 1 knew of no holes either. */
    private static final int MAGIC_WITHOUT_HOLES = 0x4D524401;

    /** "MRR" and the version 2. */
    private static final int REPLICATED_MAGIC = 0x4D525202;

    /** Version 1 knew of no groups. */
    private static final int REPLICATED_MAGIC_WITHOUT_GROUPS = 0x4D525201;

    private static final long MAX_BYTES = 1L << 30;

    private ManifestCodec() {}

    /**
     * The bytes of a manifest.
     *
     * @throws IllegalStateException if it would be larger than 1 GiB
     */
    static ByteBuffer encode(Manifest manifest) {
        ByteBuffer replicated = replicated(manifest);
        long local = 0;
        for (PartitionSnapshot partition : manifest.partitions()) {
            local += 4 + partition.local().length;
        }
        ByteBuffer out = allocate(4L + 4 + replicated.remaining() + 4 + local + 4);
        out.putInt(MAGIC).putInt(replicated.remaining()).put(replicated);
        out.putInt((int) local);
        for (PartitionSnapshot partition : manifest.partitions()) {
            putBytes(out, partition.local());
        }
        return out.putInt(crcOf(out.duplicate().flip())).flip();
    }

    /** The replicated part alone, to be sent to another replica. */
    static ByteBuffer encodeReplicated(Manifest manifest) {
        ByteBuffer replicated = replicated(manifest);
        ByteBuffer out = allocate(4L + replicated.remaining() + 4);
        out.putInt(REPLICATED_MAGIC).put(replicated);
        return out.putInt(crcOf(out.duplicate().flip())).flip();
    }

    /**
     * The manifest that another replica has sent the replicated part of: none of its records are
     * here.
     *
     * @throws IOException if the bytes are not what {@link #encodeReplicated} gave
     */
    static Manifest decodeReplicated(ByteBuffer data) throws IOException {
        ByteBuffer in = content(data, REPLICATED_MAGIC, REPLICATED_MAGIC_WITHOUT_GROUPS);
        try {
            return decode(in, null, true, magicOf(data) == REPLICATED_MAGIC);
        } catch (BufferUnderflowException | IllegalArgumentException | MalformedException e) {
            throw broken(e);
        }
    }

    /**
     * The manifest that the bytes between position and limit stand for.
     *
     * @throws IOException if they stand for none, or are damaged
     */
    static Manifest decode(ByteBuffer data) throws IOException {
        ByteBuffer in = content(data, MAGIC, MAGIC_WITHOUT_GROUPS, MAGIC_WITHOUT_HOLES);
        int magic = magicOf(data);
        try {
            ByteBuffer replicated = slice(in);
            ByteBuffer local = slice(in);
            return decode(replicated, local, magic != MAGIC_WITHOUT_HOLES, magic == MAGIC);
        } catch (BufferUnderflowException | IllegalArgumentException | MalformedException e) {
            throw broken(e);
        }
    }

    private static int magicOf(ByteBuffer data) {
        return data.slice().order(ByteOrder.BIG_ENDIAN).getInt(0);
    }

    /** What lies between the magic, one of some, and the checksum; both are checked. */
    private static ByteBuffer content(ByteBuffer data, int... magics) throws IOException {
        ByteBuffer in = data.slice().order(ByteOrder.BIG_ENDIAN);
        if (in.remaining() < 8 || IntStream.of(magics).noneMatch(one -> one == in.getInt(0))) {
            throw new IOException("this is no checkpoint of a data shard that this version reads");
        }
        int end = in.limit() - 4;
        if (in.getInt(end) != crcOf(in.duplicate().limit(end))) {
            throw new IOException("the checkpoint is damaged: its checksum does not match");
        }
        return in.position(4).limit(end);
    }

    private static Manifest decode(
            ByteBuffer replicated, ByteBuffer local, boolean withHoles, boolean withGroups)
            throws MalformedException {
        long appliedIndex = replicated.getLong();
        long leaderEpoch = replicated.getLong();
        long[] deleted = new long[count(replicated, 8)];
        for (int i = 0; i < deleted.length; i++) {
            deleted[i] = replicated.getLong();
        }
        int partitionCount = count(replicated, 4);
        List<PartitionSnapshot> partitions = new ArrayList<>(partitionCount);
        for (int i = 0; i < partitionCount; i++) {
            ByteBuffer ownPart = local == null ? null : slice(local);
            partitions.add(PartitionCodec.decode(slice(replicated), ownPart, withHoles));
        }
        return new Manifest(
                appliedIndex,
                leaderEpoch,
                deleted,
                partitions,
                withGroups ? GroupCodec.decodeTable(slice(replicated)) : GroupTable.EMPTY,
                withGroups
                        ? QueueTableSnapshot.decode(slice(replicated))
                        : QueueTableSnapshot.EMPTY);
    }

    private static IOException broken(Exception cause) {
        return new IOException(
                "the checkpoint does not hold together: " + cause.getMessage(), cause);
    }

    /** Partitions first, then what version 1 of it did not know. */
    private static ByteBuffer replicated(Manifest manifest) {
        ByteBuffer groups = GroupCodec.encode(manifest.groups());
        ByteBuffer queues = manifest.queues().encode();
        long size = 8 + 8 + 4 + 8L * manifest.deletedPartitions().length + 4;
        for (PartitionSnapshot partition : manifest.partitions()) {
            size += 4 + partition.replicated().length;
        }
        ByteBuffer out = allocate(size + 4 + groups.remaining() + 4 + queues.remaining());
        out.putLong(manifest.appliedIndex()).putLong(manifest.leaderEpoch());
        out.putInt(manifest.deletedPartitions().length);
        for (long id : manifest.deletedPartitions()) {
            out.putLong(id);
        }
        out.putInt(manifest.partitions().size());
        for (PartitionSnapshot partition : manifest.partitions()) {
            putBytes(out, partition.replicated());
        }
        out.putInt(groups.remaining()).put(groups);
        return out.putInt(queues.remaining()).put(queues).flip();
    }

    private static ByteBuffer allocate(long size) {
        if (size > MAX_BYTES) {
            throw new IllegalStateException(
                    "the checkpoint has " + size + " bytes, at most " + MAX_BYTES + " are allowed");
        }
        return ByteBuffer.allocate((int) size);
    }

    private static void putBytes(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    private static ByteBuffer slice(ByteBuffer in) {
        int length = count(in, 1);
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        return slice;
    }

    private static int count(ByteBuffer in, int minBytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / minBytesEach) {
            throw new IllegalArgumentException(
                    "count " + count + " where " + in.remaining() + " bytes are left");
        }
        return count;
    }

    private static int crcOf(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
