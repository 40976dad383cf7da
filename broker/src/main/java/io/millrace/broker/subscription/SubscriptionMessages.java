package io.millrace.broker.subscription;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStarted;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes what subscribers are told as the protocol has it. */
final class SubscriptionMessages {

    private SubscriptionMessages() {}

    static SubscribeResponse started(
            Handshake handshake,
            SubscriptionLimits limits,
            Collection<FollowedPartition> partitions) {
        return SubscribeResponse.newBuilder()
                .setStarted(
                        SubscribeStarted.newBuilder()
                                .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                .setClusterId(handshake.clusterId())
                                .setHeartbeatIntervalMs((int) limits.heartbeatInterval().toMillis())
                                .addAllPositions(positions(partitions)))
                .build();
    }

    /**
     * @param stalenessNanos of the oldest state that is read from; {@code Long.MAX_VALUE}: unknown
     */
    static SubscribeResponse heartbeat(
            long nowMs, Collection<FollowedPartition> partitions, long stalenessNanos) {
        Heartbeat.Builder heartbeat =
                Heartbeat.newBuilder()
                        .setServerTimeMs(nowMs)
                        .addAllPositions(positions(partitions));
        if (stalenessNanos != Long.MAX_VALUE) {
            heartbeat.setStalenessMs(TimeUnit.NANOSECONDS.toMillis(stalenessNanos));
        }
        return SubscribeResponse.newBuilder().setHeartbeat(heartbeat).build();
    }

    private static List<PartitionPosition> positions(Collection<FollowedPartition> partitions) {
        return partitions.stream().map(FollowedPartition::position).toList();
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
