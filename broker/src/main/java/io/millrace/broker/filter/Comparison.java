package io.millrace.broker.filter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How two values are compared. Null equals null only and is neither above nor below anything. */
enum Comparison {
    EQUAL("=="),
    NOT_EQUAL("!="),
    BELOW("<"),
    AT_MOST("<="),
    ABOVE(">"),
    AT_LEAST(">=");

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    /** The comparison that is written like this; null if there is none. */
    static Comparison of(String symbol) {
        for (Comparison one : values()) {
            if (one.symbol.equals(symbol)) {
                return one;
            }
        }
        return null;
    }

    boolean isOrder() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    /**
     * @param left of the same kind as the other, or {@link Subject#NULL}; not a Java null
     */
    Verdict test(Object left, Object right) {
        if (!isOrder()) {
            return Verdict.of(left.equals(right) == (this == EQUAL));
        }
        if (left == Subject.NULL || right == Subject.NULL) {
            return Verdict.UNKNOWN;
        }
        int order = order(left, right);
        return Verdict.of(
                switch (this) {
                    case BELOW -> order < 0;
                    case AT_MOST -> order <= 0;
                    case ABOVE -> order > 0;
                    case AT_LEAST -> order >= 0;
                    case EQUAL, NOT_EQUAL -> throw new IllegalStateException();
                });
    }

    private static int order(Object left, Object right) {
        if (left instanceof Long number) {
            return number.compareTo((Long) right);
        }
        return Arrays.compareUnsigned(bytes(left), bytes(right));
    }

    /** In UTF-8 the order of bytes is that of code points; that of Java's chars is not. */
    private static byte[] bytes(Object value) {
        return value instanceof ByteBuffer buffer
                ? buffer.array()
                : ((String) value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return symbol;
    }
}
