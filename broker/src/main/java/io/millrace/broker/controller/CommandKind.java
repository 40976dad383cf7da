package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
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
    ALLOCATE_PRODUCER_IDS(8, AllocateProducerIds::decode),
    REPLICA_PREPARED(9, ReplicaPrepared::decode),
    REPLICA_LOST(10, ReplicaLost::decode),
    PROMOTE_REPLICA(11, PromoteReplica::decode),
    CONFIRM_MEMBERS(12, ConfirmMembers::decode),
    ADD_REPLICA(13, AddReplica::decode),
    MOVE_REPLICA(14, MoveReplica::decode),
    REMOVE_REPLICA(15, RemoveReplica::decode),
    PREFER_LEADER(16, PreferLeader::decode),
    CHANGE_BROKER(17, ChangeBroker::decode),
    FORGET_BROKER(18, ForgetBroker::decode),
    ADD_SHARDS(19, AddShards::decode),
    SET_CLUSTER_CONFIG(20, SetClusterConfig::decode),
    RAISE_FEATURE_LEVEL(21, RaiseFeatureLevel::decode),
    BROKER_FILLED(22, BrokerFilled::decode),
    CREATE_GROUP(23, CreateGroup::decode),
    SET_GROUP(24, SetGroup::decode),
    DELETE_GROUP(25, DeleteGroup::decode),
    CONFIRM_GROUPS_DELETED(26, ConfirmGroupsDeleted::decode),
    RECOVER_CLUSTER(27, RecoverCluster::decode);

    private static final int FORMAT = 1;

    private final int number;
    private final WireReader.Element<ControllerCommand<?>> decoder;

    CommandKind(int number, WireReader.Element<ControllerCommand<?>> decoder) {
        this.number = number;
        this.decoder = decoder;
    }

    /** The {@link FeatureLevel} from which on it may be in the log. */
    int featureLevel() {
        return FeatureLevel.FIRST; // a kind that comes later names its own
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
