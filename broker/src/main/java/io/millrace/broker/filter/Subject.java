package io.millrace.broker.filter;

import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A record as expressions see it. A value is a String, ByteBuffer or Long, {@link #NULL}, or a Java
 * null: it cannot be told. For one test.
 */
final class Subject {

    /** The value null: the key of a record without one, or of a header without a value. */
    static final Object NULL = new Object();

    private final Record record;
    private Object key;
    private boolean keyRead;
    private Map<String, Header> headers;

    Subject(Record record) {
        this.record = record;
    }

    /** The key as text; unknown if it is not UTF-8. */
    Object key() {
        if (!keyRead) {
            key = text(record.key());
            keyRead = true;
        }
        return key;
    }

    Object keyBytes() {
        return record.key() == null ? NULL : ByteBuffer.wrap(record.key());
    }

    boolean hasHeader(String name) {
        return headers().containsKey(name);
    }

    /** A header's value as text; unknown if there is none of this name or it is not UTF-8. */
    Object header(String name) {
        Header found = headers().get(name);
        return found == null ? null : text(found.value());
    }

    /** Of headers with one name the last counts. */
    private Map<String, Header> headers() {
        if (headers == null) {
            List<Header> all = record.headers();
            headers = all.isEmpty() ? Map.of() : new HashMap<>();
            all.forEach(header -> headers.put(header.name(), header));
        }
        return headers;
    }

    private static Object text(byte[] bytes) {
        if (bytes == null) {
            return NULL;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Malformed input becomes U+FFFD; only then it is looked at a second time.
        return text.indexOf('\uFFFD') < 0 || isUtf8(bytes) ? text : null;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
