/**
 * Work queues: a record belongs to one member of a group at a time, and progress is a set of
 * records. What is replicated ({@link io.millrace.broker.queue.QueueTable}, changed by {@link
 * io.millrace.broker.queue.QueueCommand}s) and the memory of the leader, which decides who gets
 * what. Decisions only: no threads, no input or output, no clock; time comes in.
 */
package io.millrace.broker.queue;
