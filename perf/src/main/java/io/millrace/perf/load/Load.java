package io.millrace.perf.load;

import java.io.IOException;

/** One kind of work in its phases, in this order. Each blocks until it is done. */
interface Load extends AutoCloseable {
    /** Creates the topic and what is on it at the beginning; opens what can be opened. */
    void prepare() throws InterruptedException;

    /** Does what will be measured, without measuring; returns when nothing of it is left to do. */
    void warmUp() throws InterruptedException;

    /** How many records were acknowledged in the warm-up. */
    default long warmUpRecords() {
        return 0;
    }

    /** Does what is measured; returns with the last answer or record. */
    void measure() throws IOException, InterruptedException;

    /** Accounts for every record that was measured. */
    Findings judge() throws InterruptedException;

    /** Closes publishers and subscribers. */
    @Override
    void close();

    /** The load of a specification. */
    static Load of(LoadRun run) {
        if (run.spec().work() == Work.IDLE) {
            return new IdleLoad(run);
        }
        if (run.spec().work().isRecovery()) {
            return new RecoveryLoad(run);
        }
        return run.spec().work().isBacklog() ? new BacklogLoad(run) : new LiveLoad(run);
    }
}
