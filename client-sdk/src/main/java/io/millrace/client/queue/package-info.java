/**
 * Groups in queue mode: a record belongs to one member at a time, and is settled by itself. {@link
 * io.millrace.client.queue.QueueReceiver} is polled; a {@link
 * io.millrace.client.queue.DeliveryHandler} is called.
 */
package io.millrace.client.queue;
