package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * Changes what a broker is meant to be: {@code cluster add}, {@code remove}, {@code drain} and
 * {@code undrain}. If it is that already, it changes nothing.
 *
 * @param node the broker
 * @param to ACTIVE, FILLING, DRAINED or LEAVING
 * @param force whether shards may be left with fewer than three replicas
 */
public record ChangeBroker(int node, BrokerState to, boolean force) implements BrokerChange {

    @Override
    public CommandKind kind() {
        return CommandKind.CHANGE_BROKER;
    }

    @Override
    public Transition<BrokerImage> applyTo(ControllerState state) {
        BrokerImage broker = state.requireBroker(node);
        if (broker.state() == to) {
            return new Transition<>(state, broker);
        }
        switch (to) {
            case JOINED ->
                    throw ChangeRefused.invalid(
                            "broker %d is %s and cannot become JOINED; remove it instead",
                            node, broker.state());
            case ACTIVE, FILLING -> {
                // from any state: added, undrained, or its removal called off
            }
            case DRAINED -> requireDrainable(state.image(), broker);
            case LEAVING -> requireRemovable(state.image(), broker);
        }
        BrokerImage next = broker.in(to);
        return new Transition<>(state.withImage(state.image().withBroker(next)), next);
    }

    private void requireDrainable(ClusterImage image, BrokerImage broker) {
        if (!broker.state().mayLead()) {
            throw ChangeRefused.because(
                    "broker %d is %s and leads nothing that could be drained",
                    node, broker.state());
        }
        if (image.brokers().values().stream().filter(b -> b.state().mayLead()).count() == 1) {
            throw ChangeRefused.because(
                    "broker %d is the only active one, and nobody could lead its shards; undrain or"
                            + " add another first",
                    node);
        }
    }

    private void requireRemovable(ClusterImage image, BrokerImage broker) {
        if (!broker.state().isMember() || image.shardsOn(node).isEmpty()) {
            return;
        }
        long left =
                image.brokers().values().stream()
                        .filter(other -> other.nodeId() != node)
                        .filter(other -> other.state().isMember())
                        .count();
        if (left == 0) {
            throw ChangeRefused.because(
                    "broker %d is the last one that is to stay, and its shards have nowhere to go;"
                            + " add another first",
                    node);
        }
        if (left < RemoveReplica.SAFE_VOTERS && !force) {
            throw ChangeRefused.because(
                    "without broker %d there are %d brokers left, and shards with %d replicas cannot"
                            + " lose one more; add a broker first, or use --force",
                    node, left, left);
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(node);
        to.encode(out);
        out.int8(force ? 1 : 0);
    }

    static ChangeBroker decode(WireReader in) throws MalformedException {
        return new ChangeBroker(in.int32(), BrokerState.decode(in), in.int8() != 0);
    }
}
