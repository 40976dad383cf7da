package io.millrace.client.record;

import java.nio.charset.StandardCharsets;

/**
 * Makes bytes of a value. Thread-safe.
 *
 * @param <T> what it takes
 */
@FunctionalInterface
public interface Serializer<T> {
    /** Takes bytes as they are. */
    Serializer<byte[]> BYTES = bytes -> bytes;

    /** Writes text as UTF-8. */
    Serializer<String> TEXT = text -> text == null ? null : text.getBytes(StandardCharsets.UTF_8);

    /** The bytes of a value; null stands for null. The array is not changed afterwards. */
    byte[] serialize(T value);
}
