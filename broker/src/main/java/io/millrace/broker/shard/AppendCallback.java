package io.millrace.broker.shard;

/** Hears the fate of one batch, exactly once. Must not block or throw. */
@FunctionalInterface
public interface AppendCallback {

    /** The batch's fate is known. Never called on the thread that appends. */
    void answered(AppendResult result);
}
