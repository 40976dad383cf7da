package io.millrace.cli.subscribe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.batch.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Prints records by a pattern such as {@code %p:%o %k=%v\n}. Keys, values and headers are printed
 * byte for byte; null is nothing. Immutable.
 */
final class RecordFormat implements RecordPrinter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private final List<Part> parts;

    private RecordFormat(final List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Writes one piece of a record. */
    @FunctionalInterface
    private interface Part {
        void write(ReceivedRecord record, OutputStream out) throws IOException;
    }

    @Override
    public void print(final ReceivedRecord record, final OutputStream out) throws IOException {
        for (final Part part : parts) {
            part.write(record, out);
        }
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it holds a letter after % or \ that stands for nothing
     */
    static RecordFormat of(final String pattern) {
        final List<Part> parts = new ArrayList<>();
        final ByteArrayOutputStream literal = new ByteArrayOutputStream();
        int i = 0;
        while (i < pattern.length()) {
            final int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c != '%' && c != '\\') {
                literal.writeBytes(Character.toString(c).getBytes(UTF_8));
                continue;
            }
            if (i == pattern.length()) {
                throw new IllegalArgumentException(
                        "ends with a lone " + (char) c + "; write " + (char) c + (char) c);
            }
            final char letter = pattern.charAt(i++);
            if (c == '\\' || letter == '%') {
                literal.write(c == '\\' ? escape(letter) : '%');
            } else {
                addLiteral(literal, parts);
                parts.add(field(letter));
            }
        }
        addLiteral(literal, parts);
        return new RecordFormat(parts);
    }

    private static void addLiteral(final ByteArrayOutputStream literal, final List<Part> parts) {
        if (literal.size() > 0) {
            final byte[] bytes = literal.toByteArray();
            parts.add((record, out) -> out.write(bytes));
            literal.reset();
        }
    }

    private static char escape(final char letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case '\\' -> '\\';
            default ->
                    throw new IllegalArgumentException(
                            "holds \\" + letter + "; known are \\n, \\t and \\\\");
        };
    }

    private static Part field(final char letter) {
        return switch (letter) {
            case 't' -> (record, out) -> write(record.topic(), out);
            case 'T' -> (record, out) -> write(time(record.timestampMs()), out);
            case 'p' -> (record, out) -> write(Integer.toString(record.partition()), out);
            case 'o' -> (record, out) -> write(Long.toString(record.offset()), out);
            case 'k' -> (record, out) -> write(record.key(), out);
            case 'v' -> (record, out) -> write(record.value(), out);
            case 'h' -> RecordFormat::writeHeaders;
            default ->
                    throw new IllegalArgumentException(
                            "holds %"
                                    + letter
                                    + "; known are %t topic, %T time, %p partition, %o offset, %k"
                                    + " key, %v value, %h headers and %%");
        };
    }

    static String time(final long timestampMs) {
        return TIME.format(Instant.ofEpochMilli(timestampMs));
    }

    private static void write(final String text, final OutputStream out) throws IOException {
        out.write(text.getBytes(UTF_8));
    }

    private static void write(final byte[] bytes, final OutputStream out) throws IOException {
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static void writeHeaders(final ReceivedRecord record, final OutputStream out)
            throws IOException {
        boolean first = true;
        for (final Header header : record.headers()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            write(header.name(), out);
            out.write('=');
            write(header.value(), out);
        }
    }

    /** Reads the option. */
    static final class Converter implements ITypeConverter<RecordFormat> {
        @Override
        public RecordFormat convert(final String pattern) {
            try {
                return of(pattern);
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException("'" + pattern + "' " + e.getMessage());
            }
        }
    }
}
