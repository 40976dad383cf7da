package io.millrace.broker.receiving;

import io.millrace.broker.queue.OffsetSet;

/**
 * What has become of records that were to be delivered again. Those in neither set were not done:
 * they are delivered anyway.
 *
 * @param undone are undone now and were done before
 * @param givingUp were just being given up when it was asked ({@link
 *     io.millrace.broker.queue.QueueDispatcher#givingUp}): they will be done, and are left alone
 */
public record RedriveResult(OffsetSet undone, OffsetSet givingUp) {}
