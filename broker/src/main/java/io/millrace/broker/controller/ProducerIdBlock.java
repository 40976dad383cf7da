package io.millrace.broker.controller;

/**
 * Producer ids that nobody else will ever be given. Immutable.
 *
 * @param first the first
 * @param count how many, each one higher than the one before
 */
public record ProducerIdBlock(long first, int count) {

    /** The id after the last. */
    public long end() {
        return first + count;
    }
}
