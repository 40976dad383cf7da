package io.millrace.cli;

import io.millrace.client.subscribe.Position;
import java.time.Clock;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a place in a topic: {@code earliest}, {@code latest}, an offset, or {@code @} and a time:
 * ISO 8601 (UTC if it names no zone), milliseconds since 1970, or a duration ago such as {@code
 * -1h}.
 */
public final class PositionConverter implements ITypeConverter<Position> {
    private final TimeConverter time;

    /**
     * @param clock what ago is counted from
     */
    public PositionConverter(final Clock clock) {
        this.time = new TimeConverter(clock);
    }

    @Override
    public Position convert(final String text) {
        if (text.startsWith("@")) {
            return Position.time(time.convert(text.substring(1)));
        }
        return switch (text) {
            case "earliest" -> Position.earliest();
            case "latest" -> Position.latest();
            default -> Position.offset(offset(text));
        };
    }

    private static long offset(final String text) {
        if (!text.matches("\\d{1,18}")) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no place in a topic; write earliest, latest, an offset from 0 on,"
                            + " or @TIME such as @2026-11-22T10:00:00Z, @1795341600000 or @-1h");
        }
        return Long.parseLong(text);
    }
}
