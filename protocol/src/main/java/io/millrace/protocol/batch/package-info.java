/**
 * The record batch: the unit that publishers send, brokers store and subscribers receive, byte for
 * byte the same all the way. The format is docs/reference/record-batch.md.
 *
 * <p>{@link io.millrace.protocol.batch.RecordBatchBuilder} writes batches, {@link
 * io.millrace.protocol.batch.BatchHeader} checks them without reading the records, {@link
 * io.millrace.protocol.batch.RecordBatch} reads the records, {@link
 * io.millrace.protocol.batch.RecordRun} cuts some of them out. Whatever the bytes are, the readers
 * end with a value or a {@link io.millrace.protocol.batch.CorruptBatchException} and allocate no
 * more than {@link io.millrace.protocol.batch.BatchHeader#MAX_UNCOMPRESSED_BYTES}.
 */
package io.millrace.protocol.batch;
