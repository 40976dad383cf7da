package io.millrace.broker.filter;

/** A text is no filter expression: says where, what was expected there, and what would be one. */
public final class FilterSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param position of the first character that is wrong, from 0
     * @param problem what was expected there, and what was found
     * @param example an expression that would do
     */
    FilterSyntaxException(int position, String problem, String example) {
        super("at character %d: %s; for example %s".formatted(position + 1, problem, example));
        this.position = position;
    }

    /** Where the first wrong character is, from 0; the text's length: at its end. */
    public int position() {
        return position;
    }
}
