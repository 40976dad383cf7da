package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A broker that was added holds its share: from FILLING it becomes ACTIVE. If it is anything else
 * meanwhile, it stays that.
 *
 * @param node the broker
 */
public record BrokerFilled(int node) implements BrokerChange {

    @Override
    public CommandKind kind() {
        return CommandKind.BROKER_FILLED;
    }

    @Override
    public Transition<BrokerImage> applyTo(ControllerState state) {
        BrokerImage broker = state.requireBroker(node);
        if (broker.state() != BrokerState.FILLING) {
            return new Transition<>(state, broker);
        }
        BrokerImage next = broker.in(BrokerState.ACTIVE);
        return new Transition<>(state.withImage(state.image().withBroker(next)), next);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(node);
    }

    static BrokerFilled decode(WireReader in) throws MalformedException {
        return new BrokerFilled(in.int32());
    }
}
