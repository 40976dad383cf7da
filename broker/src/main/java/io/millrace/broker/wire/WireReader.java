package io.millrace.broker.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what {@link WireWriter} wrote. Whatever the bytes are, it throws nothing but {@link
 * MalformedException} and allocates no more than their length allows.
 */
public final class WireReader {

    private final ByteBuffer in;

    /** Reads from position to limit; the buffer keeps both. */
    public WireReader(ByteBuffer bytes) {
        this.in = bytes.slice();
    }

    /** A byte, 0 to 255. */
    public int int8() throws MalformedException {
        require(Byte.BYTES);
        return in.get() & 0xff;
    }

    /** Four bytes. */
    public int int32() throws MalformedException {
        require(Integer.BYTES);
        return in.getInt();
    }

    /** Eight bytes. */
    public long int64() throws MalformedException {
        require(Long.BYTES);
        return in.getLong();
    }

    /** Text in UTF-8. */
    public String text() throws MalformedException {
        byte[] bytes = new byte[length()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Names and values. */
    public SortedMap<String, String> textMap() throws MalformedException {
        int count = length();
        SortedMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(text(), text());
        }
        return values;
    }

    /** Elements that are read one after the other; the list is the caller's own. */
    public <T> List<T> list(Element<T> element) throws MalformedException {
        int count = length();
        List<T> values = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return values;
    }

    /** Makes sure that nothing is left. */
    public void end() throws MalformedException {
        if (in.hasRemaining()) {
            throw new MalformedException(in.remaining() + " bytes too many");
        }
    }

    /** A length or count: no element takes less than a byte. */
    private int length() throws MalformedException {
        int length = int32();
        if (length < 0 || length > in.remaining()) {
            throw new MalformedException(
                    "length " + length + " with " + in.remaining() + " bytes left");
        }
        return length;
    }

    private void require(int bytes) throws MalformedException {
        if (in.remaining() < bytes) {
            throw new MalformedException(
                    bytes + " bytes expected, " + in.remaining() + " bytes left");
        }
    }

    /** Reads one element of a list. */
    @FunctionalInterface
    public interface Element<T> {
        /** The element that comes next. */
        T read(WireReader in) throws MalformedException;
    }
}
