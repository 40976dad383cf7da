package io.millrace.broker.publishing;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BatchAck;
import io.millrace.v1.BatchRefusal;
import io.millrace.v1.Durability;
import io.millrace.v1.GoAway;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishWelcome;

/** Writes what publishers are answered as the protocol has it. */
final class PublishMessages {

    private PublishMessages() {}

    static PublishResponse welcome(PublishContext context, long producerId, int producerEpoch) {
        return PublishResponse.newBuilder()
                .setWelcome(
                        PublishWelcome.newBuilder()
                                .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                .setProducerId(producerId)
                                .setProducerEpoch(producerEpoch)
                                .setClusterId(context.handshake().clusterId())
                                .setMaxInFlightBatches(context.maxInFlight())
                                .setMaxBatchBytes(context.maxBatchBytes()))
                .build();
    }

    /**
     * @param baseOffset -1: stored by an earlier attempt, nobody remembers where
     */
    static PublishResponse ack(
            long correlationId,
            long baseOffset,
            long leaderEpoch,
            long appendTimeMs,
            boolean duplicate) {
        return PublishResponse.newBuilder()
                .setAck(
                        BatchAck.newBuilder()
                                .setCorrelationId(correlationId)
                                .setBaseOffset(Math.max(0, baseOffset))
                                .setLeaderEpoch(leaderEpoch)
                                .setDurability(Durability.DURABILITY_QUORUM_FSYNC)
                                .setAppendTimeMs(appendTimeMs)
                                .setDuplicate(duplicate)
                                .setOffsetUnknown(baseOffset < 0))
                .build();
    }

    static PublishResponse refusal(long correlationId, MillraceException reason) {
        return PublishResponse.newBuilder()
                .setRefusal(
                        BatchRefusal.newBuilder()
                                .setCorrelationId(correlationId)
                                .setError(WireError.toDetail(reason)))
                .build();
    }

    static PublishResponse goAway(MillraceException reason, int graceMs) {
        return PublishResponse.newBuilder()
                .setGoAway(
                        GoAway.newBuilder()
                                .setError(WireError.toDetail(reason))
                                .setGraceMs(graceMs))
                .build();
    }
}
