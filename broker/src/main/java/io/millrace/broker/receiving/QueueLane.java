package io.millrace.broker.receiving;

/**
 * A queue's way onto the loop of its shard. A task runs after those before it, and then the queue
 * is looked after; not at all once the queue is closed. Any thread.
 */
@FunctionalInterface
interface QueueLane {
    void run(Runnable task);
}
