/**
 * Publishing: {@link io.millrace.client.publish.Publisher} and what goes in and out of it.
 *
 * <p>Inside, one thread per publisher owns all state: callers only put records into open batches
 * (the accumulator), gRPC only puts events into that thread's queue. What to send, again or never
 * is decided by classes without threads, clocks or network.
 */
package io.millrace.client.publish;
