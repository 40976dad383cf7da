package io.millrace.cli;

/** Lets time pass between two looks at something that tells nobody of its changes. */
@FunctionalInterface
interface Pause {
    /**
     * Blocks for so long.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    void of(long nanos) throws InterruptedException;
}
