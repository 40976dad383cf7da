package io.millrace.broker.logging;

/**
 * Makes text harmless for a terminal and for whoever reads a log line by line: what a client sent
 * can neither begin a line of its own nor move the cursor.
 */
final class Escapes {

    private Escapes() {}

    /** The text with every control character, line and paragraph separator as an escape. */
    static String controlCharacters(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isHarmless(c)) {
                if (escaped != null) {
                    escaped.append(c);
                }
            } else {
                if (escaped == null) {
                    escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                append(escaped, c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    /**
     * Besides control characters, those that end lines in some readers (U+2028, U+2029) or turn the
     * direction of what follows (U+202A to U+202E, U+2066 to U+2069).
     */
    private static boolean isHarmless(char c) {
        return !Character.isISOControl(c)
                && !(c >= '\u2028' && c <= '\u202e')
                && !(c >= '\u2066' && c <= '\u2069');
    }

    private static void append(StringBuilder escaped, char c) {
        switch (c) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            default -> escaped.append(String.format("\\u%04x", (int) c));
        }
    }
}
