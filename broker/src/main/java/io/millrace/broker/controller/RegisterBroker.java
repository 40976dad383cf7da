package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker says that it has started. Registering the same start again changes nothing. An earlier
 * start, or another process with the same one, is refused: both show a data directory that was put
 * back or copied. One that comes with an empty directory has lost all its replicas; it is taken in
 * if the former holder of its node id is gone.
 *
 * @param broker who and where it is, and the time; its state is of no effect: a broker that the
 *     cluster does not know joins it, any other is what it was
 * @param formerGone whether nothing has been heard of the broker that is known by this node id for
 *     longer than its lease, as only the controller's leader can say
 */
public record RegisterBroker(BrokerImage broker, boolean formerGone) implements BrokerChange {

    /** The metadata key of a refusal that may pass: the former holder's lease may run out. */
    public static final String FORMER = "former";

    /** The metadata key of the term of the leader that let such a refusal be, a number. */
    public static final String TERM = "term";

    private static final int MAX_TEXT = 300;
    private static final int MAX_BROKERS = 1_000;

    @Override
    public CommandKind kind() {
        return CommandKind.REGISTER_BROKER;
    }

    @Override
    public Transition<BrokerImage> applyTo(ControllerState state) {
        state.requireFormed();
        check(state.image());
        BrokerImage known = state.image().brokers().get(broker.nodeId());
        if (known == null) {
            return join(state);
        }
        if (!known.isRegistered()) {
            return to(state, known.state());
        }
        if (!known.directoryId().equals(broker.directoryId())) {
            return comeBackEmpty(state, known);
        }
        if (known.isGivenUp()) {
            throw ChangeRefused.invalid(BrokerImage.GIVEN_UP_REASON, broker.nodeId());
        }
        if (broker.startCounter() < known.startCounter()) {
            throw ChangeRefused.invalid(
                    "broker %d comes with start %d, but start %d is known: its data directory is an"
                            + " old copy; give the broker back its newest directory, or an empty"
                            + " one",
                    broker.nodeId(), broker.startCounter(), known.startCounter());
        }
        if (broker.startCounter() > known.startCounter()) {
            return to(state, known.state());
        }
        if (broker.startNonce() != known.startNonce()) {
            throw ChangeRefused.invalid(
                    "broker %d comes with start %d, but another process has registered that start:"
                            + " one of them has a copy of the data directory; give the broker its"
                            + " newest directory, or an empty one, and another broker a node-id of"
                            + " its own",
                    broker.nodeId(), broker.startCounter());
        }
        return new Transition<>(state, known);
    }

    private Transition<BrokerImage> join(ControllerState state) {
        if (state.image().brokers().size() >= MAX_BROKERS) {
            throw ChangeRefused.because(
                    "a cluster has at most %,d brokers; remove one first", MAX_BROKERS);
        }
        return to(state, BrokerState.JOINED);
    }

    private Transition<BrokerImage> to(ControllerState state, BrokerState as) {
        BrokerImage next = broker.in(as);
        return new Transition<>(state.withImage(state.image().withBroker(next)), next);
    }

    private Transition<BrokerImage> comeBackEmpty(ControllerState state, BrokerImage known) {
        // However often it has been started: it may have waited long to be registered.
        if (!formerGone) {
            throw ChangeRefused.invalid(
                            "node id %d is in use by another broker, at %s; give this one a node id of its"
                                    + " own. If it is the same broker with a new disk: stop the old one,"
                                    + " wait until its lease has run out, and start this one with an empty"
                                    + " data directory",
                            known.nodeId(), known.peerAddress())
                    .with(FORMER, known.peerAddress());
        }
        ClusterImage image = state.image();
        long freshId = state.nextReplicaId();
        List<ShardImage> changed = new ArrayList<>();
        for (ShardImage shard : image.shardsOn(known.nodeId())) {
            ReplicaImage held = shard.replicaOn(known.nodeId()).orElse(null);
            // A founder that was only placed never took part, and its shard may not begin without
            // it: it is made in this directory.
            boolean unborn =
                    held != null
                            && held.state() == ReplicaState.NEW
                            && shard.isFounder(held.replicaId());
            if (held != null && !unborn) {
                ShardImage next = ReplicaLost.lose(shard, held, known.state().isMember(), freshId);
                freshId += next.lastReplicaId() == freshId ? 1 : 0;
                changed.add(next);
            }
        }
        BrokerImage next = broker.in(known.state());
        return new Transition<>(
                state.withPlacements(image.withBroker(next, changed), freshId), next);
    }

    private void check(ClusterImage image) {
        checkNodeId(broker.nodeId());
        checkText("client address", broker.clientAddress());
        checkText("peer address", broker.peerAddress());
        checkText("http address", broker.httpAddress());
        checkText("version", broker.version());
        checkText("directory id", broker.directoryId());
        if (broker.rack().length() > MAX_TEXT) {
            throw ChangeRefused.invalid("the rack must have at most %d characters", MAX_TEXT);
        }
        if (broker.startCounter() < 1) {
            throw ChangeRefused.invalid(
                    "the start counter is %d; it begins at 1", broker.startCounter());
        }
        if (broker.featureLevel() < image.featureLevel()) {
            throw ChangeRefused.invalid(
                    "broker %d (version %s) understands feature level %d, and the cluster is at %d;"
                            + " install a newer version",
                    broker.nodeId(), broker.version(), broker.featureLevel(), image.featureLevel());
        }
    }

    static void checkNodeId(int nodeId) {
        if (nodeId < 1 || nodeId > 65_535) {
            throw ChangeRefused.invalid("node id %d is not allowed, it must be 1 to 65535", nodeId);
        }
    }

    private static void checkText(String what, String text) {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw ChangeRefused.invalid("the %s must have 1 to %d characters", what, MAX_TEXT);
        }
    }

    @Override
    public void encode(WireWriter out) {
        broker.encode(out);
        out.int8(formerGone ? 1 : 0);
    }

    static RegisterBroker decode(WireReader in) throws MalformedException {
        return new RegisterBroker(BrokerImage.decode(in), in.int8() != 0);
    }
}
