package io.millrace.broker.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;

/** Writes entries and manifests: big-endian, lengths before contents. */
public final class WireWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The lowest byte. */
    public void int8(int value) {
        out.write(value);
    }

    /** Four bytes. */
    public void int32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** Eight bytes. */
    public void int64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** Text in UTF-8. */
    public void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int32(bytes.length);
        out.writeBytes(bytes);
    }

    /** Names and values, in the order of the map. */
    public void textMap(Map<String, String> values) {
        int32(values.size());
        values.forEach(
                (name, value) -> {
                    text(name);
                    text(value);
                });
    }

    /** A count, then each element as it writes itself. */
    public <T> void list(Collection<T> values, BiConsumer<T, WireWriter> element) {
        int32(values.size());
        values.forEach(value -> element.accept(value, this));
    }

    /** All that was written, in an array-backed buffer of its own. */
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
