package io.millrace.client.subscribe;

/** What to do when records that come next are gone: expired by retention, or trimmed. */
public enum GapPolicy {
    /** End with OFFSET_OUT_OF_RANGE; the default, since nothing is lost without being noticed. */
    FAIL,
    /** Go on with the first record still held. */
    EARLIEST,
    /** Go on after the last record. */
    LATEST
}
