package io.millrace.broker.config;

/**
 * One setting. Immutable.
 *
 * @param name as it is written in files and on the command line
 * @param type how values are written
 * @param defaultValue what holds when nobody says anything
 * @param rule which values are allowed
 * @param doc for the reference page: what it does, and what too small or too large a value causes
 * @param since the first version that knows it
 */
record ConfigKey<T>(
        String name,
        ConfigType<T> type,
        T defaultValue,
        ConfigRule<T> rule,
        String doc,
        String since) {

    /** Reads and checks a value. */
    T parse(String text) {
        T value;
        try {
            value = type.parser().apply(text);
        } catch (IllegalArgumentException expected) {
            throw refused(text, "must be " + expected.getMessage());
        }
        if (!rule.test().test(value)) {
            throw refused(text, "must be " + rule.text());
        }
        return value;
    }

    /** The default as a person writes it. */
    String defaultText() {
        return type.formatter().apply(defaultValue);
    }

    private ConfigException refused(String text, String reason) {
        String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return new ConfigException(
                name,
                "%s: \"%s\" is not allowed, the value %s; without it, it is %s"
                        .formatted(name, shown, reason, quoted(defaultText())));
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "empty" : text;
    }
}
