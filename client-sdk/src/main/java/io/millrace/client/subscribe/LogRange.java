package io.millrace.client.subscribe;

/**
 * What a partition holds, as of the broker's last sign of life.
 *
 * @param startOffset the first offset still held
 * @param endOffset the offset that the next record will get
 */
public record LogRange(long startOffset, long endOffset) {}
