package io.millrace.broker.command.demo;

import io.millrace.cli.CommandException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The lines of a file, bounded, and as they are: what is not UTF-8 is refused, not replaced. */
final class NdjsonLines {

    private final InputStream in;
    private final String file;
    private final int maxLineBytes;
    private final long maxBytes;
    private long bytes;
    private int number;

    /**
     * @param file its name, for messages
     */
    NdjsonLines(InputStream in, String file, int maxLineBytes, long maxBytes) {
        this.in = new BufferedInputStream(in);
        this.file = file;
        this.maxLineBytes = maxLineBytes;
        this.maxBytes = maxBytes;
    }

    /** The number of the last line, from 1. */
    int number() {
        return number;
    }

    /**
     * The next line without its end; null if there is none.
     *
     * @throws CommandException naming file, line and limit
     */
    String next() throws IOException {
        int one = in.read();
        if (one < 0) {
            return null;
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (; one >= 0 && one != '\n'; one = in.read()) {
            if (line.size() == maxLineBytes) {
                throw new CommandException(
                        "%s, line %d has more than %,d bytes; the demo takes no longer lines"
                                .formatted(file, number, maxLineBytes));
            }
            line.write(one);
        }
        bytes += line.size();
        if (bytes > maxBytes) {
            throw new CommandException(
                    "%s has more than %,d bytes; give the demo a shorter file"
                            .formatted(file, maxBytes));
        }
        return text(line.toByteArray());
    }

    private String text(byte[] line) {
        boolean returned = line.length > 0 && line[line.length - 1] == '\r';
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line, 0, returned ? line.length - 1 : line.length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CommandException(
                    "%s, line %d is not UTF-8, which JSON must be".formatted(file, number), e);
        }
    }
}
