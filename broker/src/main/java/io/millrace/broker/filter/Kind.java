package io.millrace.broker.filter;

/** What kind of value a term has. */
enum Kind {
    TEXT("text"),
    BYTES("bytes"),
    NUMBER("a number"),
    NULL("null");

    private final String words;

    Kind(String words) {
        this.words = words;
    }

    /** Whether == and != take both. */
    boolean isComparableWith(Kind other) {
        return this == other || this == NULL || other == NULL;
    }

    @Override
    public String toString() {
        return words;
    }
}
