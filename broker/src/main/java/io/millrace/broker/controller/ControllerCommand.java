package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A change of the cluster's metadata, to be ordered by shard 0. Immutable; everything that it
 * decides follows from the command and the state alone, so time is in the command and ids come from
 * the state's counters.
 *
 * <p>Entries of older versions must lead to the same state for ever: a rule that is made stricter
 * needs a new kind of command.
 *
 * @param <R> what it yields
 */
public sealed interface ControllerCommand<R>
        permits FormCluster,
                BrokerChange,
                ForgetBroker,
                ShardChange,
                AddShards,
                SetClusterConfig,
                RaiseFeatureLevel,
                RecoverCluster,
                CreateTopic,
                SetTopic,
                GrowTopic,
                DeleteTopic,
                ConfirmDeleted,
                AllocateProducerIds,
                CreateGroup,
                SetGroup,
                DeleteGroup,
                ConfirmGroupsDeleted {

    /** Its kind, for the codec. */
    CommandKind kind();

    /** Writes its content. */
    void encode(WireWriter out);

    /** Writes what it yields, for a broker that had it ordered by another. */
    void encodeValue(R value, WireWriter out);

    /** Reads what {@link #encodeValue} wrote. */
    R decodeValue(WireReader in) throws MalformedException;

    /**
     * What it makes of a state.
     *
     * @throws io.millrace.protocol.error.MillraceException if it is refused; nothing changes
     */
    Transition<R> applyTo(ControllerState state);
}
