/**
 * Partition logs: the readable log of each partition replica, on Chronicle Queue.
 *
 * <p>They are written when an entry is applied, are not forced on the way, and are rebuilt from
 * checkpoint and write-ahead log at start.
 *
 * <p>A {@link io.millrace.broker.partition.PartitionLogStore} has the logs of one shard replica. A
 * log is a list of segments; a segment is a directory with one queue of one cycle, which is
 * zero-filled just ahead of the appending thread, forced in the background, opened on demand and
 * closed when idle. What counts of it is said by its {@link
 * io.millrace.broker.partition.SegmentState}, never by Chronicle: a segment may hold more, from
 * before a crash, and is never appended to by another process than the one that began it.
 */
package io.millrace.broker.partition;
