package io.millrace.client.fake;

import io.grpc.stub.StreamObserver;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.BatchAck;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.BatchRefusal;
import io.millrace.v1.Durability;
import io.millrace.v1.GoAway;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishWelcome;
import java.util.HashSet;
import java.util.Set;

/** The broker's side of one publish stream, with the faults of the test's plan. */
final class FakePublishStream implements StreamObserver<PublishRequest> {
    private static final int MAX_IN_FLIGHT = 8;

    private final FakeCluster cluster;
    private final FakeBroker broker;
    private final StreamObserver<PublishResponse> out;
    private final Set<FakePartition> failed = new HashSet<>();
    private final Set<FakePartition> hanging = new HashSet<>();
    private long producerId;
    private boolean ended;

    FakePublishStream(FakeCluster cluster, FakeBroker broker, StreamObserver<PublishResponse> out) {
        this.cluster = cluster;
        this.broker = broker;
        this.out = out;
    }

    @Override
    public void onNext(PublishRequest request) {
        synchronized (cluster) {
            if (ended || broker.isMute()) {
                return;
            }
            if (request.hasHello()) {
                welcome(request.getHello());
            } else {
                append(request.getAppend());
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended = true;
    }

    @Override
    public void onCompleted() {
        synchronized (cluster) {
            if (!ended) {
                ended = true;
                out.onCompleted();
            }
        }
    }

    void goAway(int graceMs) {
        if (!ended) {
            MillraceException why = MillraceException.of(ErrorCode.NOT_READY, "stopping");
            out.onNext(
                    PublishResponse.newBuilder()
                            .setGoAway(
                                    GoAway.newBuilder()
                                            .setError(WireError.toDetail(why))
                                            .setGraceMs(graceMs))
                            .build());
        }
    }

    private void welcome(PublishHello hello) {
        if (hello.getProducerId() == 0 && broker.withholdsIds()) {
            return;
        }
        if (hello.getProducerId() == 0 && cluster.refusesIds()) {
            ended = true;
            out.onError(
                    WireError.toStatus(
                            MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no controller")));
            return;
        }
        producerId = hello.getProducerId() == 0 ? cluster.newProducerId() : hello.getProducerId();
        out.onNext(
                PublishResponse.newBuilder()
                        .setWelcome(
                                PublishWelcome.newBuilder()
                                        .setProtocolVersion(1)
                                        .setProducerId(producerId)
                                        .setProducerEpoch(hello.getProducerEpoch())
                                        .setClusterId("fake")
                                        .setMaxInFlightBatches(MAX_IN_FLIGHT))
                        .build());
    }

    private void append(BatchAppend append) {
        FakeCluster.FakeTopic topic = cluster.topic(append.getTopic());
        if (topic == null) {
            refuse(append, ErrorCode.UNKNOWN_TOPIC, WriteOutcome.NOT_APPLIED);
            return;
        }
        if (topic.id != append.getTopicId()) {
            refuse(append, ErrorCode.TOPIC_RECREATED, WriteOutcome.NOT_APPLIED);
            return;
        }
        FakePartition partition = topic.partitions.get(append.getPartition());
        if (hanging.contains(partition)) {
            return;
        }
        if (failed.contains(partition)) {
            refuse(append, ErrorCode.PREDECESSOR_FAILED, WriteOutcome.NOT_APPLIED);
            return;
        }
        int shard = cluster.shardOf(topic, append.getPartition());
        if (!broker.leads(shard)) {
            failed.add(partition);
            refuse(append, broker.notLeader(shard));
            return;
        }
        handle(append, partition, cluster.fault(append), shard);
    }

    private void handle(BatchAppend append, FakePartition partition, Fault fault, int shard) {
        byte[] batch = append.getBatch().toByteArray();
        FakePartition.Applied applied = null;
        if (BatchHeader.parse(java.nio.ByteBuffer.wrap(batch)).producerId() != producerId) {
            refuse(append, ErrorCode.INVALID_ARGUMENT, WriteOutcome.NOT_APPLIED);
            return;
        }
        if (fault.apply()) {
            try {
                applied = partition.apply(batch);
                cluster.pump();
            } catch (MillraceException e) {
                failed.add(partition);
                refuse(append, e);
                return;
            }
        }
        if (fault.applyLate()) {
            cluster.addLate(partition, batch);
        }
        if (fault.breakStream()) {
            ended = true;
            out.onError(io.grpc.Status.UNAVAILABLE.withDescription("broken").asException());
        } else if (fault.silent()) {
            hanging.add(partition);
        } else if (fault.refuse() != null) {
            failed.add(partition);
            refuse(append, fault.refuse(), fault.outcome());
        } else {
            acknowledge(append, applied, shard);
        }
    }

    private void acknowledge(BatchAppend append, FakePartition.Applied applied, int shard) {
        out.onNext(
                PublishResponse.newBuilder()
                        .setAck(
                                BatchAck.newBuilder()
                                        .setCorrelationId(append.getCorrelationId())
                                        .setBaseOffset(applied.baseOffset())
                                        .setDuplicate(applied.duplicate())
                                        .setOffsetUnknown(applied.offsetUnknown())
                                        .setLeaderEpoch(cluster.epoch(shard))
                                        .setAppendTimeMs(1)
                                        .setDurability(Durability.DURABILITY_QUORUM_FSYNC))
                        .build());
    }

    private void refuse(BatchAppend append, ErrorCode code, WriteOutcome outcome) {
        refuse(append, MillraceException.of(code, code.meaning()).withOutcome(outcome));
    }

    private void refuse(BatchAppend append, MillraceException why) {
        out.onNext(
                PublishResponse.newBuilder()
                        .setRefusal(
                                BatchRefusal.newBuilder()
                                        .setCorrelationId(append.getCorrelationId())
                                        .setError(WireError.toDetail(why)))
                        .build());
    }
}
