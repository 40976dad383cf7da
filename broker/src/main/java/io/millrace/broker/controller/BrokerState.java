package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/** What the controller means a broker to be. The numbers are in logs and checkpoints. */
public enum BrokerState {
    /** It has registered and holds no shards until it is added. */
    JOINED(1),
    /** It holds replicas and leads. */
    ACTIVE(2),
    /** It holds replicas and leads none. */
    DRAINED(3),
    /** Its replicas move to others; once it holds none it is forgotten. */
    LEAVING(4),
    /** As active, and it is given replicas of others until it holds its share. */
    FILLING(5);

    private final int number;

    BrokerState(int number) {
        this.number = number;
    }

    /** Whether it is there to stay, with replicas. */
    public boolean isMember() {
        return this == ACTIVE || this == DRAINED || this == FILLING;
    }

    /** Whether it is to lead. */
    public boolean mayLead() {
        return this == ACTIVE || this == FILLING;
    }

    void encode(WireWriter out) {
        out.int8(number);
    }

    static BrokerState decode(WireReader in) throws MalformedException {
        int number = in.int8();
        for (BrokerState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new MalformedException("no broker state has the number " + number);
    }
}
