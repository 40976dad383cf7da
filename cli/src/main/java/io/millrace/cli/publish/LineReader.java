package io.millrace.cli.publish;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes at line feeds and at nothing else: carriage returns, zero bytes and
 * malformed UTF-8 are content. A last line without a line feed is a line, nothing after the last
 * line feed is none. Holds at most the longest line allowed. Not thread-safe.
 */
final class LineReader {
    private static final int INITIAL_BYTES = 256 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private byte[] buffer;
    private int start;
    private int end;
    private long line;

    /**
     * @param maxLineBytes the longest line allowed, without its line feed
     */
    LineReader(final InputStream in, final int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
        this.buffer = new byte[Math.min(INITIAL_BYTES, maxLineBytes + 1)];
    }

    /** The number of the line that {@link #next} gave last, counted from 1. */
    long line() {
        return line;
    }

    /**
     * The next line without its line feed; null at the end. Blocks for input.
     *
     * @throws CommandException if the line is longer than allowed
     */
    byte[] next() throws IOException {
        int searched = start;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    final byte[] found = take(i);
                    start = i + 1;
                    return found;
                }
            }
            searched = end - start;
            if (!fill()) {
                if (start == end) {
                    return null;
                }
                final byte[] rest = take(end);
                start = end;
                return rest;
            }
            searched += start;
        }
    }

    private byte[] take(final int to) {
        line++;
        if (to - start > maxLineBytes) {
            throw tooLong();
        }
        return Arrays.copyOfRange(buffer, start, to);
    }

    private boolean fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            if (end > maxLineBytes) {
                line++;
                throw tooLong();
            }
            final long doubled = Math.min(2L * buffer.length, maxLineBytes + 1L);
            buffer = Arrays.copyOf(buffer, (int) doubled);
        }
        final int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            return false;
        }
        end += read;
        return true;
    }

    private CommandException tooLong() {
        return new CommandException(
                "line "
                        + line
                        + " is longer than "
                        + maxLineBytes
                        + " bytes, the most that fits into a record of this topic; shorten it, or"
                        + " raise the topic's max.batch.bytes (8 MiB at most)");
    }
}
