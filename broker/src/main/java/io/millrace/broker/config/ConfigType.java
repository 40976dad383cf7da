package io.millrace.broker.config;

import io.millrace.broker.filter.FilterSyntaxException;
import io.millrace.broker.filter.RecordFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the value of a setting is written. Immutable.
 *
 * @param name for the reference page: bytes, duration, number, text, …
 * @param parser reads a value; throws {@link IllegalArgumentException} with what was expected
 * @param formatter writes a value for people, such as 64MiB
 * @param canonical writes a value for storing and comparing, such as 67108864
 */
record ConfigType<T>(
        String name,
        Function<String, T> parser,
        Function<T, String> formatter,
        Function<T, String> canonical) {

    // A name, an IPv4 address, or an IPv6 address in brackets.
    private static final Pattern ADDRESS =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.%]{2,60}\\]):([0-9]{1,5})");

    static final ConfigType<Long> BYTES =
            new ConfigType<>("bytes", DataSize::parse, DataSize::format, String::valueOf);
    static final ConfigType<Long> DURATION =
            new ConfigType<>("duration", TimeSpan::parse, TimeSpan::format, String::valueOf);
    static final ConfigType<Long> NUMBER =
            new ConfigType<>("number", ConfigType::number, String::valueOf, String::valueOf);
    static final ConfigType<Boolean> FLAG =
            new ConfigType<>("true or false", ConfigType::flag, String::valueOf, String::valueOf);
    static final ConfigType<List<String>> ADDRESSES =
            new ConfigType<>(
                    "host:port, …",
                    ConfigType::addresses,
                    list -> String.join(",", list),
                    list -> String.join(",", list));
    static final ConfigType<String> TEXT =
            new ConfigType<>("text", String::strip, text -> text, text -> text);
    static final ConfigType<String> FILTER =
            new ConfigType<>("filter", ConfigType::filter, text -> text, text -> text);

    /** One of the constants of an enum, in any case. */
    static <E extends Enum<E>> ConfigType<E> oneOf(Class<E> constants, boolean lowerCase) {
        Function<E, String> format =
                value -> lowerCase ? value.name().toLowerCase(Locale.ROOT) : value.name();
        String names =
                String.join(", ", Arrays.stream(constants.getEnumConstants()).map(format).toList());
        Function<String, E> parse =
                text -> {
                    for (E value : constants.getEnumConstants()) {
                        if (value.name().equalsIgnoreCase(text.strip())) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException("one of " + names);
                };
        return new ConfigType<>("one of " + names, parse, format, format);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number");
        }
    }

    private static String filter(String text) {
        String expression = text.strip();
        if (expression.isEmpty()) {
            return expression;
        }
        try {
            return RecordFilter.parse(expression).toString();
        } catch (FilterSyntaxException e) {
            throw new IllegalArgumentException(
                    "a filter as docs/reference/filter.md describes it; " + e.getMessage(), e);
        }
    }

    private static List<String> addresses(String text) {
        List<String> addresses = new ArrayList<>();
        for (String part : text.split(",")) {
            String address = part.strip();
            if (address.isEmpty()) {
                continue; // nothing at all, or a comma at the end
            }
            if (!isAddress(address)) {
                throw new IllegalArgumentException(
                        "host:port with a port of 1 to 65535, several separated by commas; \"%s\""
                                        .formatted(address)
                                + " is not");
            }
            if (addresses.contains(address)) {
                throw new IllegalArgumentException(
                        "a list without repetitions; \"%s\" is there twice".formatted(address));
            }
            addresses.add(address);
        }
        return List.copyOf(addresses);
    }

    private static boolean isAddress(String text) {
        Matcher parts = ADDRESS.matcher(text);
        return parts.matches()
                && Integer.parseInt(parts.group(1)) >= 1
                && Integer.parseInt(parts.group(1)) <= 65_535;
    }

    private static boolean flag(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }
}
