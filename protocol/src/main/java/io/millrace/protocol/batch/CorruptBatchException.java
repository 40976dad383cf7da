package io.millrace.protocol.batch;

/**
 * The bytes are no record batch: says which field is wrong, how, and at which byte of the batch.
 */
public final class CorruptBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final int position;

    CorruptBatchException(String field, int position, String problem) {
        this(field, position, problem, null);
    }

    CorruptBatchException(String field, int position, String problem, Throwable cause) {
        super("record batch, " + field + " at byte " + position + ": " + problem, cause);
        this.field = field;
        this.position = position;
    }

    /** The name of the field, as in docs/reference/record-batch.md. */
    public String field() {
        return field;
    }

    /**
     * Where it is: counted from the batch's first byte, or from the body's if it was compressed.
     */
    public int position() {
        return position;
    }
}
