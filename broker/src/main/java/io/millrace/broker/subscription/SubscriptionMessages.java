package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStarted;

/** Writes what subscribers are told as the protocol has it. */
final class SubscriptionMessages {

    private SubscriptionMessages() {}

    static SubscribeResponse started(
            Handshake handshake, SubscriptionLimits limits, Rotation rotation) {
        return SubscribeResponse.newBuilder()
                .setStarted(
                        SubscribeStarted.newBuilder()
                                .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                .setClusterId(handshake.clusterId())
                                .setHeartbeatIntervalMs((int) limits.heartbeatInterval().toMillis())
                                .addAllPositions(rotation.positions()))
                .build();
    }

    static SubscribeResponse heartbeat(long nowMs, Rotation rotation) {
        return SubscribeResponse.newBuilder()
                .setHeartbeat(
                        Heartbeat.newBuilder()
                                .setServerTimeMs(nowMs)
                                .addAllPositions(rotation.positions()))
                .build();
    }

    static SubscribeResponse end(MillraceException reason, int handle) {
        return SubscribeResponse.newBuilder()
                .setEnd(
                        SubscribeEnd.newBuilder()
                                .setError(WireError.toDetail(reason))
                                .setHandle(handle))
                .build();
    }
}
