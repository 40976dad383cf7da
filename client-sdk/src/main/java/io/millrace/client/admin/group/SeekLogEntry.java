package io.millrace.client.admin.group;

import java.util.List;

/**
 * A seek that was done.
 *
 * @param seekId its number
 * @param timeMs when, milliseconds since 1970 UTC
 * @param reason who and why; may be empty
 * @param moves what it did
 */
public record SeekLogEntry(long seekId, long timeMs, String reason, List<SeekMove> moves) {}
