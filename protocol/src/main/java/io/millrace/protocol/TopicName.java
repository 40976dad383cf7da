package io.millrace.protocol;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/** The rule for topic names: {@code [A-Za-z0-9._-]{1,249}}, and neither "." nor "..". */
public final class TopicName {
    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 249;

    private static final int SHOWN_IN_ERRORS = 60;

    private TopicName() {}

    /**
     * Gives the name back if it keeps the rule.
     *
     * @throws MillraceException INVALID_TOPIC_NAME if it does not; the message says why
     */
    public static String check(String name) {
        String problem = problemOf(name);
        if (problem != null) {
            throw MillraceException.of(
                    ErrorCode.INVALID_TOPIC_NAME,
                    "topic name "
                            + shown(name)
                            + " "
                            + problem
                            + "; names match [A-Za-z0-9._-]{1,249} and are neither \".\" nor"
                            + " \"..\"");
        }
        return name;
    }

    /** Whether the name keeps the rule. */
    public static boolean isValid(String name) {
        return problemOf(name) == null;
    }

    /** What is wrong with it; null: nothing. */
    static String problemOf(String name) {
        if (name == null || name.isEmpty()) {
            return "is empty";
        }
        if (name.length() > MAX_LENGTH) {
            return "has " + name.length() + " characters";
        }
        if (name.equals(".") || name.equals("..")) {
            return "is reserved";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                return String.format("has U+%04X at position %d", (int) name.charAt(i), i);
            }
        }
        return null;
    }

    private static boolean isAllowed(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** A name from outside may hold anything: only its harmless characters get into messages. */
    /** The name as errors show it. */
    static String shown(String name) {
        if (name == null) {
            return "null";
        }
        StringBuilder shown = new StringBuilder("\"");
        for (int i = 0; i < Math.min(name.length(), SHOWN_IN_ERRORS); i++) {
            shown.append(isAllowed(name.charAt(i)) ? name.charAt(i) : '?');
        }
        return shown.append(name.length() > SHOWN_IN_ERRORS ? "…\"" : "\"").toString();
    }
}
