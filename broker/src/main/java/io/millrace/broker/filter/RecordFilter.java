package io.millrace.broker.filter;

import io.millrace.protocol.batch.Record;

/** An expression over key and headers, ready to test records. Immutable. */
public final class RecordFilter {

    /** The longest expression, in characters. */
    public static final int MAX_LENGTH = 4_096;

    private final String expression;
    private final Condition condition;

    private RecordFilter(String expression, Condition condition) {
        this.expression = expression;
        this.condition = condition;
    }

    /**
     * Reads an expression.
     *
     * @throws FilterSyntaxException if it is none
     */
    public static RecordFilter parse(String expression) throws FilterSyntaxException {
        if (expression.length() > MAX_LENGTH) {
            throw new FilterSyntaxException(
                    MAX_LENGTH,
                    "at most %d characters are allowed, these are %d"
                            .formatted(MAX_LENGTH, expression.length()),
                    "put what belongs together into a header when publishing");
        }
        return new RecordFilter(expression, new Parser(new Lexer(expression)).parse());
    }

    /**
     * Whether it holds for the record. What cannot be told, such as a comparison with a header that
     * is missing, does not hold. Never throws.
     */
    public boolean matches(Record record) {
        return condition.test(new Subject(record)) == Verdict.YES;
    }

    /** The expression as it was given. */
    @Override
    public String toString() {
        return expression;
    }
}
