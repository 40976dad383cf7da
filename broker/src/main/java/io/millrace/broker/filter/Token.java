package io.millrace.broker.filter;

/**
 * A word of an expression.
 *
 * @param type what it is
 * @param text as written
 * @param value of a literal; else null
 * @param position where it begins, from 0
 */
record Token(Type type, String text, Object value, int position) {

    enum Type {
        NAME,
        TEXT,
        BYTES,
        NUMBER,
        SYMBOL,
        END
    }

    boolean is(String symbolOrName) {
        return (type == Type.SYMBOL || type == Type.NAME) && text.equals(symbolOrName);
    }

    /** For messages. */
    String shown() {
        return type == Type.END ? "the end" : "'" + text + "'";
    }
}
