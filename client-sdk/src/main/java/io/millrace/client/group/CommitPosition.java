package io.millrace.client.group;

import io.millrace.client.record.Bounds;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * How far a partition is done.
 *
 * @param offset the next offset to be processed, 0 or more: everything below is done
 * @param metadata words of the user's own, at most 4,096 bytes in UTF-8; may be empty
 */
public record CommitPosition(long offset, String metadata) {
    private static final int MAX_METADATA_BYTES = 4_096;

    public CommitPosition {
        Bounds.check("offset", offset, 0, Long.MAX_VALUE);
        Objects.requireNonNull(metadata, "metadata");
        Bounds.check(
                "the length of metadata in bytes",
                metadata.getBytes(StandardCharsets.UTF_8).length,
                0,
                MAX_METADATA_BYTES);
    }

    /** A position without words. */
    public static CommitPosition of(long offset) {
        return new CommitPosition(offset, "");
    }
}
