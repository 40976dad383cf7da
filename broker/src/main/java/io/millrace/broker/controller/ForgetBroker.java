package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * Takes a broker that holds nothing out of the map. If it is not there, it changes nothing. Yields
 * whether it was there.
 *
 * @param node the broker
 */
public record ForgetBroker(int node) implements ControllerCommand<Boolean> {

    @Override
    public CommandKind kind() {
        return CommandKind.FORGET_BROKER;
    }

    @Override
    public Transition<Boolean> applyTo(ControllerState state) {
        state.requireFormed();
        ClusterImage image = state.image();
        BrokerImage broker = image.brokers().get(node);
        if (broker == null) {
            return new Transition<>(state, false);
        }
        if (broker.state().isMember()) {
            throw ChangeRefused.because(
                    "broker %d is %s; run `millrace cluster remove %d`, which moves its replicas and"
                            + " then forgets it",
                    node, broker.state(), node);
        }
        var held = image.shardsOn(node);
        if (!held.isEmpty()) {
            throw ChangeRefused.because(
                    "broker %d still has replicas of %d shards, the first is shard %d; wait until"
                            + " they are moved, `millrace cluster status` shows how far it is",
                    node, held.size(), held.get(0).shard());
        }
        return new Transition<>(state.withImage(image.withoutBroker(node)), true);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(node);
    }

    static ForgetBroker decode(WireReader in) throws MalformedException {
        return new ForgetBroker(in.int32());
    }

    @Override
    public void encodeValue(Boolean value, WireWriter out) {
        out.int8(value ? 1 : 0);
    }

    @Override
    public Boolean decodeValue(WireReader in) throws MalformedException {
        return in.int8() != 0;
    }
}
