package io.millrace.cli.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.cli.CommandException;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Splits a line into key and value at the first occurrence of some bytes. Immutable. */
final class KeySeparator {
    private static final int NONE = -1;

    private final byte[] separator;

    KeySeparator(final String separator) {
        this.separator = separator.getBytes(UTF_8);
        if (this.separator.length == 0) {
            throw new IllegalArgumentException("the separator is empty");
        }
    }

    /**
     * @param key what stands before the separator, may be empty
     * @param value what stands behind it, may be empty
     */
    record Split(byte[] key, byte[] value) {}

    /**
     * Splits one line.
     *
     * @param number the line's number, for the error
     * @throws CommandException if the separator does not occur
     */
    Split split(final byte[] line, final long number) {
        final int at = find(line);
        if (at == NONE) {
            throw new CommandException(
                    "line "
                            + number
                            + " has no key separator '"
                            + new String(separator, UTF_8)
                            + "'; add it, or leave --key-separator out to publish without keys");
        }
        return new Split(
                Arrays.copyOf(line, at),
                Arrays.copyOfRange(line, at + separator.length, line.length));
    }

    private int find(final byte[] line) {
        final int last = line.length - separator.length;
        for (int i = 0; i <= last; i++) {
            if (line[i] == separator[0]
                    && Arrays.equals(
                            line, i, i + separator.length, separator, 0, separator.length)) {
                return i;
            }
        }
        return NONE;
    }

    /** Reads the option; {@code \t} and {@code \\} can be written as such. */
    static final class Converter implements ITypeConverter<KeySeparator> {
        @Override
        public KeySeparator convert(final String text) {
            if (text.isEmpty()) {
                throw new TypeConversionException(
                        "the separator is empty; give at least one character, such as ':' or '\\t'");
            }
            if (text.indexOf('\n') >= 0) {
                throw new TypeConversionException(
                        "the separator holds a line feed, which ends a line before it can be found");
            }
            return new KeySeparator(text.replace("\\t", "\t").replace("\\\\", "\\"));
        }
    }
}
