package io.millrace.protocol.batch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A name and a value beside a record's own value. Names may repeat; order is kept.
 *
 * @param name not null, may be empty
 * @param value may be null; not copied, so not to be changed
 */
public record Header(String name, byte[] value) {
    public Header {
        Objects.requireNonNull(name, "name");
    }

    /** A header whose value is text, as UTF-8. */
    public static Header ofText(String name, String value) {
        return new Header(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The value read as UTF-8; null if the value is null. Malformed input becomes U+FFFD. */
    public String text() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Header that
                && name.equals(that.name)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "Header[" + name + ", " + (value == null ? "null" : value.length + " bytes") + "]";
    }
}
