package io.millrace.broker.queue;

/**
 * What the dispatcher can take.
 *
 * @param from the first offset
 * @param to the one after the last; what lies between may end earlier
 */
public record ReadWish(long from, long to) {}
