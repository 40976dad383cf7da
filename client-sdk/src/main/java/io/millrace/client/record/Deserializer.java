package io.millrace.client.record;

import java.nio.charset.StandardCharsets;

/**
 * Makes a value of bytes. Thread-safe.
 *
 * @param <T> what it gives
 */
@FunctionalInterface
public interface Deserializer<T> {
    /** Gives bytes as they are. */
    Deserializer<byte[]> BYTES = bytes -> bytes;

    /** Reads UTF-8; malformed input becomes U+FFFD. */
    Deserializer<String> TEXT =
            bytes -> bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);

    /** The value of the bytes; null stands for null. */
    T deserialize(byte[] bytes);
}
