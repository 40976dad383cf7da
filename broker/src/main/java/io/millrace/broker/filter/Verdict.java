package io.millrace.broker.filter;

/** What a condition says of a record. */
enum Verdict {
    YES,
    NO,
    /** It cannot be told, for instance since the record lacks the header. */
    UNKNOWN;

    static Verdict of(boolean holds) {
        return holds ? YES : NO;
    }

    Verdict not() {
        return switch (this) {
            case YES -> NO;
            case NO -> YES;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
