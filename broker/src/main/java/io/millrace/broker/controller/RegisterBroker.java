package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * A broker says that it has started. Registering the same start again changes nothing; an earlier
 * start is refused, since it shows a data directory that was put back from a copy.
 *
 * @param broker who and where it is, and the time
 */
public record RegisterBroker(BrokerImage broker) implements ControllerCommand<ClusterImage> {

    private static final int MAX_TEXT = 300;

    @Override
    public CommandKind kind() {
        return CommandKind.REGISTER_BROKER;
    }

    @Override
    public Transition<ClusterImage> applyTo(ControllerState state) {
        state.requireFormed();
        checkNodeId(broker.nodeId());
        checkText("client address", broker.clientAddress());
        checkText("peer address", broker.peerAddress());
        checkText("http address", broker.httpAddress());
        checkText("version", broker.version());
        ClusterImage image = state.image();
        BrokerImage known = image.brokers().get(broker.nodeId());
        if (known != null && broker.startCounter() == known.startCounter()) {
            return new Transition<>(state, image);
        }
        if (broker.startCounter() < (known == null ? 1 : known.startCounter())) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    ("broker %d comes with start %d, but start %d is known: its data directory is"
                                    + " an old copy; give the broker back its newest directory, or"
                                    + " an empty one and a new node id")
                            .formatted(
                                    broker.nodeId(),
                                    broker.startCounter(),
                                    known == null ? 1 : known.startCounter()));
        }
        ClusterImage next = image.withBroker(broker);
        return new Transition<>(state.withImage(next), next);
    }

    static void checkNodeId(int nodeId) {
        if (nodeId < 1 || nodeId > 65_535) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "node id %d is not allowed, it must be 1 to 65535".formatted(nodeId));
        }
    }

    private static void checkText(String what, String text) {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "the %s must have 1 to %d characters".formatted(what, MAX_TEXT));
        }
    }

    @Override
    public void encode(WireWriter out) {
        broker.encode(out);
    }

    static RegisterBroker decode(WireReader in) throws MalformedException {
        return new RegisterBroker(BrokerImage.decode(in));
    }
}
