/**
 * The Java SDK. {@link io.millrace.client.MillraceClient} is the way in: it makes {@linkplain
 * io.millrace.client.publish.Publisher publishers}, {@linkplain
 * io.millrace.client.subscribe.Subscriber subscribers}, members of {@linkplain
 * io.millrace.client.group.GroupSubscriber groups} and {@linkplain
 * io.millrace.client.queue.QueueReceiver queues}, and the {@linkplain
 * io.millrace.client.admin.Admin admin} client.
 *
 * <p>Every failure is a {@link io.millrace.protocol.error.MillraceException} with a stable code, an
 * outcome and a retry class.
 */
package io.millrace.client;
