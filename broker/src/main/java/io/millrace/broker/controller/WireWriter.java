package io.millrace.broker.controller;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;

/** Writes the controller's entries and manifests: big-endian, lengths before contents. */
final class WireWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void int8(int value) {
        out.write(value);
    }

    void int32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    void int64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int32(bytes.length);
        out.writeBytes(bytes);
    }

    void textMap(Map<String, String> values) {
        int32(values.size());
        values.forEach(
                (name, value) -> {
                    text(name);
                    text(value);
                });
    }

    <T> void list(Collection<T> values, BiConsumer<T, WireWriter> element) {
        int32(values.size());
        values.forEach(value -> element.accept(value, this));
    }

    /** All that was written, in an array-backed buffer of its own. */
    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
