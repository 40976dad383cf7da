package io.millrace.broker.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes as people write them: {@code 65536}, {@code 64KiB}, {@code 64 MiB}, {@code 2GB}.
 */
final class DataSize {

    private static final Pattern SYNTAX = Pattern.compile("(-?[0-9]{1,19}) ?([A-Za-z]*)");
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("TiB", 1L << 40);
        UNITS.put("GiB", 1L << 30);
        UNITS.put("MiB", 1L << 20);
        UNITS.put("KiB", 1L << 10);
        UNITS.put("TB", 1_000_000_000_000L);
        UNITS.put("GB", 1_000_000_000L);
        UNITS.put("MB", 1_000_000L);
        UNITS.put("kB", 1_000L);
        UNITS.put("B", 1L);
    }

    private DataSize() {}

    /** The size in bytes; {@link IllegalArgumentException} says what was expected. */
    static long parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (!matcher.matches()) {
            throw notASize();
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw notASize();
        }
    }

    /** The shortest exact form in binary units, such as {@code 64MiB}. */
    static String format(long bytes) {
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            boolean binary = unit.getKey().endsWith("iB");
            if (binary && bytes > 0 && bytes % unit.getValue() == 0) {
                return bytes / unit.getValue() + unit.getKey();
            }
        }
        return Long.toString(bytes);
    }

    private static long unit(String name) {
        if (name.isEmpty()) {
            return 1;
        }
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            if (unit.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return unit.getValue();
            }
        }
        throw notASize();
    }

    private static IllegalArgumentException notASize() {
        return new IllegalArgumentException(
                "a size in bytes, such as 1048576, 64KiB, 64MiB or 2GiB, at most 2^63 - 1");
    }
}
