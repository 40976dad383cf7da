package io.millrace.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads durations of one or more numbers with units ms, s, m, h, d, largest first or not: {@code
 * 500ms}, {@code 10s}, {@code 1h30m}, {@code 1.5s}.
 */
public final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern PART =
            Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?(ms|s|m|h|d)");

    @Override
    public Duration convert(final String text) {
        final Matcher matcher = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        try {
            while (end < text.length() && matcher.find() && matcher.start() == end) {
                sum = sum.plus(part(matcher));
                end = matcher.end();
            }
        } catch (final ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is longer than any clock runs");
        }
        if (end == 0 || end < text.length()) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' is not a duration; write a number and its unit ms, s, m, h or d,"
                            + " such as 500ms, 10s or 1h30m");
        }
        return sum;
    }

    private static Duration part(final Matcher matcher) {
        final Duration unit =
                switch (matcher.group(3)) {
                    case "ms" -> Duration.ofMillis(1);
                    case "s" -> Duration.ofSeconds(1);
                    case "m" -> Duration.ofMinutes(1);
                    case "h" -> Duration.ofHours(1);
                    default -> Duration.ofDays(1);
                };
        final Duration whole = unit.multipliedBy(Long.parseLong(matcher.group(1)));
        if (matcher.group(2) == null) {
            return whole;
        }
        final int thousandths = Integer.parseInt((matcher.group(2) + "00").substring(0, 3));
        return whole.plus(unit.multipliedBy(thousandths).dividedBy(1000));
    }
}
