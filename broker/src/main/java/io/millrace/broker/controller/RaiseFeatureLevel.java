package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * Allows the kinds of entries of a {@link FeatureLevel}. It never goes back. Refused until every
 * broker understands the level. Yields the level then in force.
 *
 * @param level the level
 */
public record RaiseFeatureLevel(int level) implements ControllerCommand<Integer> {

    @Override
    public CommandKind kind() {
        return CommandKind.RAISE_FEATURE_LEVEL;
    }

    @Override
    public Transition<Integer> applyTo(ControllerState state) {
        state.requireFormed();
        ClusterImage image = state.image();
        if (level <= image.featureLevel()) {
            return new Transition<>(state, image.featureLevel());
        }
        for (BrokerImage broker : image.brokers().values()) {
            if (broker.featureLevel() < level) {
                throw ChangeRefused.because(
                        "broker %d (version %s) understands feature level %d, not %d; install a"
                                + " newer version there, or remove it",
                        broker.nodeId(), broker.version(), broker.featureLevel(), level);
            }
        }
        return new Transition<>(state.withImage(image.withFeatureLevel(level)), level);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(level);
    }

    static RaiseFeatureLevel decode(WireReader in) throws MalformedException {
        return new RaiseFeatureLevel(in.int32());
    }

    @Override
    public void encodeValue(Integer value, WireWriter out) {
        out.int32(value);
    }

    @Override
    public Integer decodeValue(WireReader in) throws MalformedException {
        return in.int32();
    }
}
