package io.millrace.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a time: ISO 8601 (UTC if it names no zone), milliseconds since 1970, or a duration ago such
 * as {@code -1h}. What lies before 1970 is taken as 1970.
 */
public final class TimeConverter implements ITypeConverter<Instant> {
    private final Clock clock;

    /**
     * @param clock what ago is counted from
     */
    public TimeConverter(final Clock clock) {
        this.clock = clock;
    }

    @Override
    public Instant convert(final String text) {
        final Instant time = parse(text);
        return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
    }

    private Instant parse(final String text) {
        try {
            if (text.matches("\\d{1,18}")) {
                return Instant.ofEpochMilli(Long.parseLong(text));
            }
            if (text.startsWith("-")) {
                return clock.instant().minus(new DurationConverter().convert(text.substring(1)));
            }
            if (text.indexOf('T') < 0) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            if (text.matches(".*(Z|[+-]\\d{2}(:?\\d{2})?)")) {
                return OffsetDateTime.parse(text).toInstant();
            }
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (final DateTimeException | ArithmeticException e) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is no time; write ISO 8601 such as 2026-11-22T10:00:00Z,"
                            + " milliseconds since 1970, or a duration ago such as -1h");
        }
    }
}
