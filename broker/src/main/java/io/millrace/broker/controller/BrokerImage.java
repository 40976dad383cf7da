package io.millrace.broker.controller;

/**
 * A broker of the cluster. Immutable.
 *
 * @param nodeId 1 to 65,535
 * @param clientAddress where clients reach it, host:port
 * @param peerAddress where other brokers reach it, host:port
 * @param httpAddress where its metrics are, host:port
 * @param version its version, such as 0.1.0
 * @param startCounter how often its data directory has been started; rises with each start
 * @param registerTimeMs when it last registered, milliseconds since 1970 UTC
 */
public record BrokerImage(
        int nodeId,
        String clientAddress,
        String peerAddress,
        String httpAddress,
        String version,
        long startCounter,
        long registerTimeMs) {

    void encode(WireWriter out) {
        out.int32(nodeId);
        out.text(clientAddress);
        out.text(peerAddress);
        out.text(httpAddress);
        out.text(version);
        out.int64(startCounter);
        out.int64(registerTimeMs);
    }

    static BrokerImage decode(WireReader in) throws MalformedException {
        return new BrokerImage(
                in.int32(), in.text(), in.text(), in.text(), in.text(), in.int64(), in.int64());
    }
}
