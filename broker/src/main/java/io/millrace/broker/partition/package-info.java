/**
 * Partition logs: the readable log of each partition replica, on Chronicle Queue.
 *
 * <p>They are written when an entry is applied, are not forced on the way, and are rebuilt from
 * checkpoint and write-ahead log at start.
 */
package io.millrace.broker.partition;
