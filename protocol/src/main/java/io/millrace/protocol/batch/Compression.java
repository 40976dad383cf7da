package io.millrace.protocol.batch;

/** How the body of a batch is compressed. The numbers are stable: they are in stored batches. */
public enum Compression {
    /** As it is. */
    NONE(0),
    /** One LZ4 block, without a frame: the header holds both sizes. Fast. */
    LZ4(1),
    /** One Zstandard frame. Smaller than LZ4, at more processor time. */
    ZSTD(2);

    private static final Compression[] BY_CODE = values();

    private final int code;

    Compression(int code) {
        this.code = code;
    }

    /** The number in the batch header, 0 to 7. */
    public int code() {
        return code;
    }

    /**
     * The compression of a number in a batch header.
     *
     * @throws IllegalArgumentException if there is none of this number
     */
    public static Compression ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException(
                    "compression " + code + " is unknown; known are 0 (none), 1 (lz4), 2 (zstd)");
        }
        return BY_CODE[code];
    }
}
