package io.millrace.broker;

import io.millrace.broker.shard.WriteGate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Why this broker should lead nothing for now. Thread-safe; never blocks. */
final class BrokerFitness implements Supplier<String> {

    private final WriteGate gate;
    private final BooleanSupplier diskHangs;
    private volatile boolean stopping;

    /**
     * @param gate closed while no writes are taken
     * @param diskHangs whether a write or force of the write-ahead log takes very long
     */
    BrokerFitness(WriteGate gate, BooleanSupplier diskHangs) {
        this.gate = gate;
        this.diskHangs = diskHangs;
    }

    /** The broker has begun to stop. */
    void stopping() {
        stopping = true;
    }

    /** A sentence for a person; empty if it may lead. */
    @Override
    public String get() {
        if (stopping) {
            return "the broker is stopping";
        }
        return diskHangs.getAsBoolean() ? "its disk hangs" : gate.problem();
    }
}
