package io.millrace.broker.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in milliseconds as people write them: {@code 500}, {@code 500ms}, {@code 7d}. */
final class TimeSpan {

    private static final Pattern SYNTAX = Pattern.compile("(-?[0-9]{1,19}) ?(ms|s|m|h|d|)");
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("d", 86_400_000L);
        UNITS.put("h", 3_600_000L);
        UNITS.put("m", 60_000L);
        UNITS.put("s", 1_000L);
        UNITS.put("ms", 1L);
        UNITS.put("", 1L);
    }

    private TimeSpan() {}

    /** The duration in milliseconds; {@link IllegalArgumentException} says what was expected. */
    static long parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (!matcher.matches()) {
            throw notADuration();
        }
        try {
            return Math.multiplyExact(
                    Long.parseLong(matcher.group(1)), (long) UNITS.get(matcher.group(2)));
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw notADuration();
        }
    }

    /** The shortest exact form, such as {@code 7d}. */
    static String format(long millis) {
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            if (millis > 0 && millis % unit.getValue() == 0) {
                return millis / unit.getValue() + unit.getKey();
            }
        }
        return Long.toString(millis);
    }

    private static IllegalArgumentException notADuration() {
        return new IllegalArgumentException(
                "a duration, such as 500 (milliseconds), 500ms, 10s, 5m, 12h or 7d");
    }
}
