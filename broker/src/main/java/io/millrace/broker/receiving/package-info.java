/**
 * Work queues on the side of the partitions' leader: reads ahead, hands records out to those who
 * receive, makes durable what they say of them, and gives up what nobody can process. {@code
 * io.millrace.broker.queue} decides; here are the threads, the log, the streams and the clock.
 */
package io.millrace.broker.receiving;
