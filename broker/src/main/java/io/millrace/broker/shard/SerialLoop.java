package io.millrace.broker.shard;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one piece of work by whichever thread asks for it, never on two threads at once and never
 * nested: who asks while it runs returns at once, and it is run again by the thread that runs it.
 * What a run writes, the next one sees.
 */
final class SerialLoop {

    private final Runnable work;
    private final AtomicInteger asked = new AtomicInteger();

    /**
     * @param work must not throw
     */
    SerialLoop(Runnable work) {
        this.work = work;
    }

    /** Runs the work at least once after this call has begun. */
    void run() {
        if (asked.getAndIncrement() != 0) {
            return;
        }
        int served = 1;
        while (served != 0) {
            work.run();
            served = asked.addAndGet(-served);
        }
    }
}
