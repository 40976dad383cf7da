package io.millrace.protocol.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Walks the records of an uncompressed body, each length checked before it is used. */
final class RecordReader {
    private static final int MIN_HEADER_BYTES = 2;

    private final ByteBuffer body;
    private final int origin;

    /**
     * @param body the records; its position is moved
     * @param origin what to add to a place in the body to name it in errors
     */
    RecordReader(ByteBuffer body, int origin) {
        this.body = body;
        this.origin = origin - body.position();
    }

    boolean hasRemaining() {
        return body.hasRemaining();
    }

    int position() {
        return origin + body.position();
    }

    /** Steps over one record by its length alone. */
    void skip() {
        body.position(recordEnd());
    }

    Record read(long baseTimestampMs) {
        int end = recordEnd();
        int limit = body.limit();
        body.limit(end);
        long timestampMs = timestamp(baseTimestampMs);
        byte[] key = nullableBytes("key");
        byte[] value = nullableBytes("value");
        List<Header> headers = headers();
        if (body.hasRemaining()) {
            throw new CorruptBatchException(
                    "record length",
                    position(),
                    body.remaining() + " bytes more than the record's fields");
        }
        body.limit(limit);
        return new Record(timestampMs, key, value, headers);
    }

    private int recordEnd() {
        int at = position();
        long length = varint("record length");
        if (length < BatchHeader.MIN_RECORD_BYTES - 1 || length > body.remaining()) {
            throw new CorruptBatchException(
                    "record length", at, length + "; " + body.remaining() + " bytes are left");
        }
        return body.position() + (int) length;
    }

    private long timestamp(long base) {
        int at = position();
        long zigzag = varint("timestamp");
        long timestampMs = base + ((zigzag >>> 1) ^ -(zigzag & 1));
        if (timestampMs < 0) {
            throw new CorruptBatchException("timestamp", at, "is negative or overflows");
        }
        return timestampMs;
    }

    private List<Header> headers() {
        int at = position();
        long count = varint("header count");
        if (count < 0 || count > body.remaining() / MIN_HEADER_BYTES) {
            throw new CorruptBatchException(
                    "header count", at, count + "; " + body.remaining() + " bytes are left");
        }
        if (count == 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            byte[] name = bytes("header name", varint("header name"));
            headers.add(
                    new Header(
                            new String(name, StandardCharsets.UTF_8),
                            nullableBytes("header value")));
        }
        return headers;
    }

    /** Length + 1, so that 0 can stand for null. */
    private byte[] nullableBytes(String field) {
        long lengthAndOne = varint(field);
        return lengthAndOne == 0 ? null : bytes(field, lengthAndOne - 1);
    }

    private byte[] bytes(String field, long length) {
        if (length < 0 || length > body.remaining()) {
            throw new CorruptBatchException(
                    field,
                    position(),
                    Long.toUnsignedString(length) + " bytes; " + body.remaining() + " are left");
        }
        byte[] bytes = new byte[(int) length];
        body.get(bytes);
        return bytes;
    }

    private long varint(String field) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!body.hasRemaining()) {
                throw new CorruptBatchException(field, position(), "the body ends in the middle");
            }
            byte b = body.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new CorruptBatchException(field, position(), "a varint has 10 bytes at most");
    }
}
