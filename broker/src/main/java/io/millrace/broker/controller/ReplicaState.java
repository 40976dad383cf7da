package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/** What the controller means a replica to be. The numbers are in logs and checkpoints. */
public enum ReplicaState {
    /** Placed: its broker may make its files, and then reports them. It takes no part yet. */
    NEW(1),
    /** Its files are there: it is sent everything, and does not count yet. */
    LEARNER(2),
    /** It counts. */
    VOTER(3),
    /** It is on its way out: the shard's leader removes it once its replacement counts. */
    LEAVING(4),
    /**
     * Its files are gone or cannot be trusted: it is never started again, and leaves the shard once
     * its replacement counts.
     */
    LOST(5);

    private final int number;

    ReplicaState(int number) {
        this.number = number;
    }

    /** Whether it is there to stay: neither on its way out nor lost. */
    public boolean isLasting() {
        return this == NEW || this == LEARNER || this == VOTER;
    }

    /** Whether it is on its way to become a voter. */
    public boolean isComing() {
        return this == NEW || this == LEARNER;
    }

    void encode(WireWriter out) {
        out.int8(number);
    }

    static ReplicaState decode(WireReader in) throws MalformedException {
        int number = in.int8();
        for (ReplicaState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new MalformedException("no replica state has the number " + number);
    }
}
