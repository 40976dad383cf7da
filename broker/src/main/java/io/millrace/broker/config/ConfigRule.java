package io.millrace.broker.config;

import java.util.function.Predicate;

/**
 * Which values of a setting are allowed.
 *
 * @param test whether a value is
 * @param text completes the sentence "the value must be …"; empty if all are
 */
record ConfigRule<T>(Predicate<T> test, String text) {

    static <T> ConfigRule<T> any() {
        return new ConfigRule<>(value -> true, "");
    }

    /** From min to max, both allowed. */
    static ConfigRule<Long> between(ConfigType<Long> type, long min, long max) {
        return new ConfigRule<>(
                value -> value >= min && value <= max,
                type.formatter().apply(min) + " to " + type.formatter().apply(max));
    }

    /** From min to max, or -1 with the given meaning. */
    static ConfigRule<Long> betweenOrMinusOne(
            ConfigType<Long> type, long min, long max, String meaning) {
        ConfigRule<Long> range = between(type, min, max);
        return new ConfigRule<>(
                value -> value == -1 || range.test().test(value),
                range.text() + ", or -1 (" + meaning + ")");
    }

    static ConfigRule<String> notBlank() {
        return new ConfigRule<>(value -> !value.isBlank(), "not empty");
    }
}
