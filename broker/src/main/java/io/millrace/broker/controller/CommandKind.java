package io.millrace.broker.controller;

import java.nio.ByteBuffer;

/** The kinds of commands. Their numbers are in Raft logs: never changed, never reused. */
enum CommandKind {
    FORM_CLUSTER(1, FormCluster::decode),
    REGISTER_BROKER(2, RegisterBroker::decode),
    CREATE_TOPIC(3, CreateTopic::decode),
    SET_TOPIC(4, SetTopic::decode),
    GROW_TOPIC(5, GrowTopic::decode),
    DELETE_TOPIC(6, DeleteTopic::decode),
    CONFIRM_DELETED(7, ConfirmDeleted::decode),
    ALLOCATE_PRODUCER_IDS(8, AllocateProducerIds::decode);

    private static final int FORMAT = 1;

    private final int number;
    private final WireReader.Element<ControllerCommand<?>> decoder;

    CommandKind(int number, WireReader.Element<ControllerCommand<?>> decoder) {
        this.number = number;
        this.decoder = decoder;
    }

    /** A command as the bytes of an entry. */
    static ByteBuffer encode(ControllerCommand<?> command) {
        WireWriter out = new WireWriter();
        out.int8(FORMAT);
        out.int8(command.kind().number);
        command.encode(out);
        return out.toBuffer();
    }

    /** The command in an entry; anything else than a whole command of a known kind is malformed. */
    static ControllerCommand<?> decode(ByteBuffer data) throws MalformedException {
        WireReader in = new WireReader(data);
        int format = in.int8();
        int number = in.int8();
        for (CommandKind kind : values()) {
            if (format == FORMAT && kind.number == number) {
                ControllerCommand<?> command = kind.decoder.read(in);
                in.end();
                return command;
            }
        }
        throw new MalformedException(
                "unknown kind of entry: format %d, kind %d".formatted(format, number));
    }
}
