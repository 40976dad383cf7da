package io.millrace.raft.wal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A journal file on two channels. An interrupt closes the channel under a thread that reads, and
 * readers are other people's threads: they get a channel of their own, opened again when that
 * happens, so that an interrupt can never take the writer's away.
 *
 * <p>Writes go past the page cache where the file system allows it: nobody reads most of them
 * again, and a force then finds nothing to write. Readers go through it; the kernel drops what it
 * has cached of the blocks that are written.
 */
final class DiskFile implements WalFile {

    private static final int READ_ATTEMPTS = 16;

    private final Path path;
    private final FileChannel writing;
    private volatile FileChannel reading;
    private volatile boolean closed;

    /**
     * Opens a file that exists.
     *
     * @param options how to open it for writing
     */
    DiskFile(Path path, Set<? extends OpenOption> options) throws IOException {
        this.path = path;
        this.writing = FileChannel.open(path, options);
        try {
            this.reading = FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            writing.close();
            throw e;
        }
    }

    @Override
    public long size() throws IOException {
        return writing.size();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        int start = into.position();
        boolean interrupted = false;
        try {
            for (int attempt = 1; ; attempt++) {
                FileChannel channel = reading;
                try {
                    readFully(channel, into, position);
                    return;
                } catch (ClosedChannelException e) {
                    interrupted |= Thread.interrupted();
                    if (closed || attempt == READ_ATTEMPTS) {
                        throw e;
                    }
                    into.position(start);
                    reopen(channel);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new EOFException(path + " ends before byte " + (at + into.remaining()));
            }
            at += count;
        }
    }

    private synchronized void reopen(FileChannel seenClosed) throws IOException {
        if (reading == seenClosed && !closed) {
            reading = FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        WalFile.checkBlocks(from, position);
        ByteBuffer bytes = isAligned(from) ? from : aligned(from);
        long at = position;
        while (bytes.hasRemaining()) {
            at += writing.write(bytes, at);
        }
    }

    private static boolean isAligned(ByteBuffer bytes) {
        return bytes.isDirect() && bytes.alignmentOffset(bytes.position(), Block.BYTES) == 0;
    }

    /** Not left to the JDK: version 17 fails when it frees the copy that it makes itself. */
    private static ByteBuffer aligned(ByteBuffer bytes) {
        return Block.allocate(bytes.remaining()).put(bytes).flip();
    }

    @Override
    public void force() throws IOException {
        writing.force(false);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            writing.close();
        } finally {
            reading.close();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
