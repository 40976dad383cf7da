package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the history of one member of a group. What it has written when a method returns outlives
 * the process, but for records, which do after {@link #flush}. Thread-safe.
 */
public final class GroupHistoryWriter implements AutoCloseable {

    private static final long NOTHING = -1;

    private final HistoryWriter writer;
    private final AtomicLong commits = new AtomicLong();

    private GroupHistoryWriter(HistoryWriter writer) {
        this.writer = writer;
    }

    /**
     * Creates a file.
     *
     * @param member its name, unlike all others in the directory
     */
    public static GroupHistoryWriter create(Path directory, String member) throws IOException {
        GroupHistoryWriter created =
                new GroupHistoryWriter(HistoryWriter.create(directory, member, System::nanoTime));
        created.flush();
        return created;
    }

    /** As {@link EventKind#ASSIGNED}. */
    public void assigned(int partition, long epoch, OptionalLong committed) {
        event(EventKind.ASSIGNED, partition, epoch, 0, committed.orElse(NOTHING));
        flush();
    }

    /** As {@link EventKind#REVOKED}. To be called before its last commit. */
    public void revoked(int partition, long epoch) {
        event(EventKind.REVOKED, partition, epoch, 0, 0);
        flush();
    }

    /** As {@link EventKind#LOST}. */
    public void lost(int partition, long epoch) {
        event(EventKind.LOST, partition, epoch, 0, 0);
        flush();
    }

    /** As {@link EventKind#TAKING}. To be called before the records of the partition. */
    public void taking(int partition, long calledNanos) {
        event(EventKind.TAKING, partition, 0, calledNanos, 0);
    }

    /** As {@link EventKind#DELIVERED}. */
    public void delivered(int partition, long epoch, long offset, long value) {
        event(EventKind.DELIVERED, partition, epoch, value, offset);
    }

    /** As {@link EventKind#READ_CORRUPT}. */
    public void corrupt(int partition, long offset) {
        writer.readCorrupt(partition, offset);
        flush();
    }

    /**
     * As {@link EventKind#COMMIT_ASKED}. To be called before it is sent.
     *
     * @return the number of the commit
     */
    public long commitAsked(int partition, long epoch, long offset) {
        long number = commits.incrementAndGet();
        event(EventKind.COMMIT_ASKED, partition, epoch, number, offset);
        flush();
        return number;
    }

    /** As {@link EventKind#COMMIT_OK}, or {@link EventKind#COMMIT_FAILED}. */
    public void commitAnswered(
            int partition, long epoch, long offset, long number, boolean durable) {
        EventKind kind = durable ? EventKind.COMMIT_OK : EventKind.COMMIT_FAILED;
        event(kind, partition, epoch, number, offset);
        flush();
    }

    /** As {@link EventKind#SEEK}. To be called after the answer has come. */
    public void seek(int partition, long offset) {
        event(EventKind.SEEK, partition, 0, 0, offset);
        flush();
    }

    /** As {@link EventKind#DRAINED}. */
    public void drained(int partition, long end) {
        event(EventKind.DRAINED, partition, 0, 0, end);
        flush();
    }

    /** As {@link EventKind#RECEIVED}. */
    public void received(int partition, long offset, long value, int count) {
        event(EventKind.RECEIVED, partition, count, value, offset);
    }

    /** As {@link EventKind#SETTLE_ASKED}. To be called before it is sent. */
    public void settleAsked(int partition, long offset, long value, Settled fate, int count) {
        event(EventKind.SETTLE_ASKED, partition, fate.pack(count), value, offset);
        flush();
    }

    /** As {@link EventKind#SETTLE_OK}, or {@link EventKind#SETTLE_FAILED}. */
    public void settleAnswered(
            int partition, long offset, long value, Settled fate, int count, boolean durable) {
        EventKind kind = durable ? EventKind.SETTLE_OK : EventKind.SETTLE_FAILED;
        event(kind, partition, fate.pack(count), value, offset);
        flush();
    }

    /** As {@link EventKind#DEAD_LETTER}. */
    public void deadLetter(int partition, long offset, long value) {
        event(EventKind.DEAD_LETTER, partition, 0, value, offset);
    }

    /** Hands everything to the kernel. */
    public void flush() {
        writer.flush();
    }

    private void event(EventKind kind, int partition, long extra, long value, long offset) {
        writer.now(kind, 0, partition, Math.toIntExact(extra), value, offset);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
