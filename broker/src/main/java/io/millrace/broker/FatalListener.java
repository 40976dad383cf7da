package io.millrace.broker;

import io.millrace.raft.RaftListener;
import java.util.function.Consumer;

/** Passes all that the replicated log tells on, and what is fatal to the broker too. */
final class FatalListener implements RaftListener {

    private final RaftListener metrics;
    private final Consumer<String> fatal;

    FatalListener(RaftListener metrics, Consumer<String> fatal) {
        this.metrics = metrics;
        this.fatal = fatal;
    }

    @Override
    public void walForced(int entries, long bytes, long writeNanos, long forceNanos) {
        metrics.walForced(entries, bytes, writeNanos, forceNanos);
    }

    @Override
    public void fatal(String what, Throwable cause) {
        metrics.fatal(what, cause);
        fatal.accept(what + ": " + cause);
    }

    @Override
    public void checkpointed(int shard, long index, long nanos, long manifestBytes) {
        metrics.checkpointed(shard, index, nanos, manifestBytes);
    }

    @Override
    public void checkpointFailed(int shard, String reason) {
        metrics.checkpointFailed(shard, reason);
    }
}
