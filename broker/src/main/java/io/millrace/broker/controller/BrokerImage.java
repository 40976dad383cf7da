package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;

/**
 * A broker of the cluster. Immutable.
 *
 * @param nodeId 1 to 65,535
 * @param clientAddress where clients reach it, host:port; empty until it registers
 * @param peerAddress where other brokers reach it, host:port; empty until it registers
 * @param httpAddress where its metrics are, host:port; empty until it registers
 * @param version its version, such as 0.1.0; empty until it registers
 * @param rack the rack or zone that it stands in; empty: not told
 * @param directoryId the id of its data directory; empty until it registers
 * @param startCounter how often its data directory has been started; rises with each start; 0 until
 *     it registers
 * @param startNonce drawn at its last start: tells two copies of one directory apart
 * @param registerTimeMs when it last registered, milliseconds since 1970 UTC
 * @param state what it is meant to be
 * @param featureLevel the highest {@link FeatureLevel} that it understands
 */
public record BrokerImage(
        int nodeId,
        String clientAddress,
        String peerAddress,
        String httpAddress,
        String version,
        String rack,
        String directoryId,
        long startCounter,
        long startNonce,
        long registerTimeMs,
        BrokerState state,
        int featureLevel) {

    /** The start counter of a data directory that was given up: no start of it can be newer. */
    private static final long GIVEN_UP = Long.MAX_VALUE;

    /** What to say to one that comes with a data directory that was given up. */
    public static final String GIVEN_UP_REASON =
            "the data directory of broker %d was given up by `millrace cluster recover --unsafe`, and"
                    + " the cluster has gone on without what is in it; keep the directory elsewhere"
                    + " if it may be needed, and start the broker with an empty one";

    /** A broker that runs this code. */
    public BrokerImage(
            int nodeId,
            String clientAddress,
            String peerAddress,
            String httpAddress,
            String version,
            String rack,
            String directoryId,
            long startCounter,
            long startNonce,
            long registerTimeMs,
            BrokerState state) {
        this(
                nodeId,
                clientAddress,
                peerAddress,
                httpAddress,
                version,
                rack,
                directoryId,
                startCounter,
                startNonce,
                registerTimeMs,
                state,
                FeatureLevel.CURRENT);
    }

    /** A founder that has not registered yet. */
    static BrokerImage founder(int nodeId, int featureLevel) {
        return new BrokerImage(
                nodeId, "", "", "", "", "", "", 0, 0, 0, BrokerState.ACTIVE, featureLevel);
    }

    /** The same broker whose data directory must not come back. */
    BrokerImage givenUp() {
        return new BrokerImage(
                nodeId,
                clientAddress,
                peerAddress,
                httpAddress,
                version,
                rack,
                directoryId,
                GIVEN_UP,
                startNonce,
                registerTimeMs,
                state,
                featureLevel);
    }

    /** Whether its data directory must not come back: another one may. */
    public boolean isGivenUp() {
        return startCounter == GIVEN_UP;
    }

    /** Whether it has ever registered, so that its addresses are known. */
    public boolean isRegistered() {
        return startCounter > 0;
    }

    /** The same broker in another state. */
    public BrokerImage in(BrokerState next) {
        return new BrokerImage(
                nodeId,
                clientAddress,
                peerAddress,
                httpAddress,
                version,
                rack,
                directoryId,
                startCounter,
                startNonce,
                registerTimeMs,
                next,
                featureLevel);
    }

    void encode(WireWriter out) {
        out.int32(nodeId);
        out.text(clientAddress);
        out.text(peerAddress);
        out.text(httpAddress);
        out.text(version);
        out.text(rack);
        out.text(directoryId);
        out.int64(startCounter);
        out.int64(startNonce);
        out.int64(registerTimeMs);
        state.encode(out);
        out.int32(featureLevel);
    }

    static BrokerImage decode(WireReader in) throws MalformedException {
        return new BrokerImage(
                in.int32(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.int64(),
                in.int64(),
                in.int64(),
                BrokerState.decode(in),
                in.int32());
    }
}
