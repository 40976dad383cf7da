package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/**
 * Prints the data of a verb on stdout, as text or as JSON, always in UTF-8. Not thread-safe. Every
 * method throws {@link UncheckedIOException} if stdout takes no more; a verb lets it pass.
 */
public final class Output {
    private static final ObjectWriter JSON =
            new ObjectMapper()
                    .writer(
                            new DefaultPrettyPrinter(
                                    Separators.createDefaultInstance()
                                            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                                            .withArrayEmptySeparator("")
                                            .withObjectEmptySeparator("")));

    private final OutputStream out;
    private final OutputFormat format;

    Output(final OutputStream out, final OutputFormat format) {
        this.out = out;
        this.format = format;
    }

    /** What the caller asked for with --output. */
    public OutputFormat format() {
        return format;
    }

    /**
     * Prints one result.
     *
     * @param value what JSON is made of: a record, map, list or plain value
     * @param text the same for people; a line feed is added if it ends without one
     */
    public void print(final Object value, final Supplier<?> text) {
        if (format == OutputFormat.JSON) {
            write(json(value));
        } else {
            write(text.get().toString());
        }
    }

    private static String json(final Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
        }
    }

    private void write(final String text) {
        try {
            out.write((text.isEmpty() || text.endsWith("\n") ? text : text + "\n").getBytes(UTF_8));
            out.flush();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
