package io.millrace.broker.filter;

/** Something in an expression that has a value. */
sealed interface Term {

    Kind kind();

    /** Its value for a record, as {@link Subject} says; a Java null: it cannot be told. */
    Object of(Subject subject);

    /** The key as text. */
    record Key() implements Term {

        @Override
        public Kind kind() {
            return Kind.TEXT;
        }

        @Override
        public Object of(Subject subject) {
            return subject.key();
        }
    }

    /** The key as bytes. */
    record KeyBytes() implements Term {

        @Override
        public Kind kind() {
            return Kind.BYTES;
        }

        @Override
        public Object of(Subject subject) {
            return subject.keyBytes();
        }
    }

    /** The value of a header. */
    record HeaderValue(String name) implements Term {

        @Override
        public Kind kind() {
            return Kind.TEXT;
        }

        @Override
        public Object of(Subject subject) {
            return subject.header(name);
        }
    }

    /** A text read as a decimal number of 64 bits. */
    record Number(Term text) implements Term {

        private static final int MAX_DIGITS = 20;

        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }

        @Override
        public Object of(Subject subject) {
            Object value = text.of(subject);
            if (!(value instanceof String digits) || digits.length() > MAX_DIGITS) {
                return null;
            }
            try {
                return Long.valueOf(digits);
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }

    /** A value that is written out. */
    record Literal(Kind kind, Object value) implements Term {

        @Override
        public Object of(Subject subject) {
            return value;
        }
    }
}
