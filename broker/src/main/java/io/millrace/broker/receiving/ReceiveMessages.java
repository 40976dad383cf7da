package io.millrace.broker.receiving;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.ReceiveEnd;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStarted;

/** Writes what receivers are told as the protocol has it. */
final class ReceiveMessages {

    private ReceiveMessages() {}

    static ReceiveResponse started(ReceiveContext context, long leaseMs) {
        return ReceiveResponse.newBuilder()
                .setStarted(
                        ReceiveStarted.newBuilder()
                                .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                .setClusterId(context.handshake().clusterId())
                                .setHeartbeatIntervalMs(
                                        (int) context.limits().heartbeatInterval().toMillis())
                                .setLeaseMs((int) leaseMs))
                .build();
    }

    static ReceiveResponse delivery(QueueDelivery delivery) {
        return ReceiveResponse.newBuilder().setDelivery(delivery).build();
    }

    static ReceiveResponse heartbeat(long nowMs) {
        return ReceiveResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setServerTimeMs(nowMs))
                .build();
    }

    static ReceiveResponse end(MillraceException reason) {
        return ReceiveResponse.newBuilder()
                .setEnd(ReceiveEnd.newBuilder().setError(WireError.toDetail(reason)))
                .build();
    }
}
