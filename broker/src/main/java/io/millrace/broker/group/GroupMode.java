package io.millrace.broker.group;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/** How the members of a group share the records. The numbers are in logs and checkpoints. */
public enum GroupMode {
    /** A partition belongs to one member at a time; progress is an offset. */
    STREAM(1),
    /** A record belongs to one member at a time; all members hold all that they follow. */
    QUEUE(2);

    private final int number;

    GroupMode(int number) {
        this.number = number;
    }

    /** Writes it for a log or a checkpoint. */
    public void encode(WireWriter out) {
        out.int8(number);
    }

    /** Reads it from a log or a checkpoint. */
    public static GroupMode decode(WireReader in) throws MalformedException {
        int number = in.int8();
        for (GroupMode mode : values()) {
            if (mode.number == number) {
                return mode;
            }
        }
        throw new MalformedException("no group mode has the number " + number);
    }
}
