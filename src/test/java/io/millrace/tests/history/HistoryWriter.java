package io.millrace.tests.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;

/**
 * Writes the history of one client: one file, its events in the order of their times. Thread-safe:
 * a publisher sends on one thread and hears on another.
 */
public final class HistoryWriter implements AutoCloseable {

    /** Stands for all partitions. */
    static final int ALL_PARTITIONS = 0xFFFF;

    static final String SUFFIX = ".history";
    static final long MAGIC = 0x4d_52_48_49_53_54_30_31L;
    static final int ENTRY_BYTES = 32;
    private static final int BUFFERED_EVENTS = 8_192;

    private final FileChannel channel;
    private final LongSupplier nanoTime;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFERED_EVENTS * ENTRY_BYTES);

    private HistoryWriter(FileChannel channel, LongSupplier nanoTime) {
        this.channel = channel;
        this.nanoTime = nanoTime;
    }

    /**
     * Creates a file.
     *
     * @param client its name, unlike all others in the directory
     * @param nanoTime a clock that all clients of the history share
     */
    public static HistoryWriter create(Path directory, String client, LongSupplier nanoTime)
            throws IOException {
        Files.createDirectories(directory);
        FileChannel channel =
                FileChannel.open(
                        directory.resolve(client + SUFFIX),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        HistoryWriter writer = new HistoryWriter(channel, nanoTime);
        writer.buffer.putLong(MAGIC).position(ENTRY_BYTES);
        return writer;
    }

    /** As {@link EventKind#SEND_INVOKE}. To be called before the record is sent. */
    public void sendInvoked(int partition, long value, int batch) {
        now(EventKind.SEND_INVOKE, 0, partition, batch, value, 0);
    }

    /** As {@link EventKind#SEND_IDENTITY}. */
    public void sendIdentity(int partition, long value, long producerId, int epoch, int sequence) {
        long identity = producerId << 16 | epoch & 0xFFFF;
        now(EventKind.SEND_IDENTITY, 0, partition, sequence, value, identity);
    }

    /** As {@link EventKind#SEND_OK}. To be called after the answer has come. */
    public void sendAcknowledged(int partition, long value, long offset) {
        now(EventKind.SEND_OK, 0, partition, 0, value, offset);
    }

    /** As {@link EventKind#SEND_FAIL}. */
    public void sendRefused(int partition, long value) {
        now(EventKind.SEND_FAIL, 0, partition, 0, value, 0);
    }

    /** As {@link EventKind#SEND_UNKNOWN}. */
    public void sendUnknown(int partition, long value) {
        now(EventKind.SEND_UNKNOWN, 0, partition, 0, value, 0);
    }

    /** As {@link EventKind#READ}. */
    public void read(int partition, long offset, long value, int poll) {
        now(EventKind.READ, 0, partition, poll, value, offset);
    }

    /** As {@link EventKind#READ_CORRUPT}. */
    public void readCorrupt(int partition, long offset) {
        now(EventKind.READ_CORRUPT, 0, partition, 0, 0, offset);
    }

    /** As {@link EventKind#FINAL_READ}. */
    public void finalRead(int node, int partition, long offset, long value) {
        now(EventKind.FINAL_READ, node, partition, 0, value, offset);
    }

    /** As {@link EventKind#FINAL_END}. */
    public void finalEnd(int node, int partition, long end) {
        now(EventKind.FINAL_END, node, partition, 0, 0, end);
    }

    /** As {@link EventKind#POSITION}. */
    public void position(int partition) {
        now(EventKind.POSITION, 0, partition, 0, 0, 0);
    }

    /** As {@link EventKind#END_INVOKE}. */
    public void endInvoked(int partition) {
        now(EventKind.END_INVOKE, 0, partition, 0, 0, 0);
    }

    /** As {@link EventKind#END_OK}. */
    public void endAnswered(int partition, long offset) {
        now(EventKind.END_OK, 0, partition, 0, 0, offset);
    }

    /** As {@link EventKind#FAULT}. */
    public void fault(int number) {
        now(EventKind.FAULT, 0, ALL_PARTITIONS, number, 0, 0);
    }

    /** As {@link EventKind#STEADY}. */
    public void steady() {
        now(EventKind.STEADY, 0, ALL_PARTITIONS, 0, 0, 0);
    }

    /** As {@link EventKind#HEALED}. */
    public void healed() {
        now(EventKind.HEALED, 0, ALL_PARTITIONS, 0, 0, 0);
    }

    /** Hands everything to the kernel, so that it outlives this process. */
    public synchronized void flush() {
        write();
    }

    synchronized void now(
            EventKind kind, int node, int partition, int extra, long value, long offset) {
        append(kind, node, partition, extra, nanoTime.getAsLong(), value, offset);
    }

    /** Adds an event whose time, not before that of the last one, is known. */
    synchronized void append(
            EventKind kind,
            int node,
            int partition,
            int extra,
            long time,
            long value,
            long offset) {
        if (!buffer.hasRemaining()) {
            write();
        }
        buffer.put(kind.code()).put((byte) node).putShort((short) partition).putInt(extra);
        buffer.putLong(time).putLong(value).putLong(offset);
    }

    private void write() {
        try {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        } catch (IOException e) {
            throw new UncheckedIOException("a history cannot be written", e);
        }
    }

    /** Writes what is left. Later events, of answers that come too late, fail. */
    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            write();
            channel.close();
        }
    }
}
