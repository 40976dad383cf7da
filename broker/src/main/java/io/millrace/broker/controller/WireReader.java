package io.millrace.broker.controller;

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
final class WireReader {

    private final ByteBuffer in;

    WireReader(ByteBuffer bytes) {
        this.in = bytes.slice();
    }

    int int8() throws MalformedException {
        require(Byte.BYTES);
        return in.get() & 0xff;
    }

    int int32() throws MalformedException {
        require(Integer.BYTES);
        return in.getInt();
    }

    long int64() throws MalformedException {
        require(Long.BYTES);
        return in.getLong();
    }

    String text() throws MalformedException {
        byte[] bytes = new byte[length()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    SortedMap<String, String> textMap() throws MalformedException {
        int count = length();
        SortedMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(text(), text());
        }
        return values;
    }

    <T> List<T> list(Element<T> element) throws MalformedException {
        int count = length();
        List<T> values = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return values;
    }

    void end() throws MalformedException {
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
    interface Element<T> {
        T read(WireReader in) throws MalformedException;
    }
}
