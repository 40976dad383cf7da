package io.millrace.client.fake;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Extend;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.ReceiveEnd;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.ReceiveStarted;
import io.millrace.v1.Settle;
import io.millrace.v1.SettleRefusal;
import io.millrace.v1.SettleResult;
import io.millrace.v1.Settlement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The broker's side of one receiver. Guarded by the cluster's monitor. */
final class FakeReceiveStream implements StreamObserver<ReceiveRequest> {
    private final FakeCluster cluster;
    private final FakeQueue queue;
    private final FakeBroker broker;
    private final StreamObserver<ReceiveResponse> out;
    private final Map<Integer, TopicPartition> handles = new LinkedHashMap<>();
    private final List<SettleResult> held = new ArrayList<>();
    private String memberId;
    private int leaseMs;
    private long records;
    private long bytes;
    private boolean started;
    private boolean ended;

    FakeReceiveStream(
            FakeCluster cluster,
            FakeQueue queue,
            FakeBroker broker,
            StreamObserver<ReceiveResponse> out) {
        this.cluster = cluster;
        this.queue = queue;
        this.broker = broker;
        this.out = out;
    }

    FakeBroker broker() {
        return broker;
    }

    long recordCredit() {
        return records;
    }

    @Override
    public void onNext(ReceiveRequest request) {
        synchronized (cluster) {
            if (ended) {
                return;
            }
            switch (request.getRequestCase()) {
                case START -> start(request.getStart());
                case CREDIT -> {
                    records += request.getCredit().getRecords();
                    bytes += request.getCredit().getBytes();
                }
                case SETTLE -> settle(request.getSettle());
                case EXTEND -> extend(request.getExtend());
                default -> throw new IllegalStateException();
            }
            queue.pump();
        }
    }

    @Override
    public void onError(Throwable failure) {
        synchronized (cluster) {
            forget();
        }
    }

    @Override
    public void onCompleted() {
        synchronized (cluster) {
            if (!ended) {
                forget();
                handles.values().forEach(place -> queue.partition(place).leave(memberId));
                out.onCompleted();
                queue.pump();
            }
        }
    }

    private void start(ReceiveStart start) {
        for (QueuePartition wire : start.getPartitionsList()) {
            FakeCluster.FakeTopic topic = cluster.topic(wire.getTopic());
            if (topic == null || topic.id != wire.getTopicId()) {
                end(MillraceException.of(ErrorCode.TOPIC_RECREATED, "another topic"));
                return;
            }
            int shard = cluster.shardOf(topic, wire.getPartition());
            if (!broker.leads(shard)) {
                end(broker.notLeader(shard).with("shard", shard));
                return;
            }
            TopicPartition place = new TopicPartition(wire.getTopic(), wire.getPartition());
            handles.put(wire.getHandle(), place);
            if (wire.getFromFirstRecord()) {
                queue.note("from first " + place);
            }
        }
        if (!cluster.group().isStay(start.getMemberId(), start.getMemberEpoch())) {
            end(MillraceException.of(ErrorCode.MEMBER_FENCED, "no such stay"));
            return;
        }
        memberId = start.getMemberId();
        leaseMs = start.getLeaseMs() == 0 ? queue.leaseMs() : start.getLeaseMs();
        records = start.getInitialCredit().getRecords();
        bytes = start.getInitialCredit().getBytes();
        started = true;
        send(
                ReceiveResponse.newBuilder()
                        .setStarted(
                                ReceiveStarted.newBuilder()
                                        .setProtocolVersion(1)
                                        .setClusterId("fake")
                                        .setHeartbeatIntervalMs(FakeCluster.HEARTBEAT_MS)
                                        .setLeaseMs(leaseMs)));
    }

    /** Whether there was something to deliver, and credit for it. */
    boolean deliverOne() {
        if (!started || ended || broker.isMute() || records <= 0 || bytes <= 0) {
            return false;
        }
        for (Map.Entry<Integer, TopicPartition> entry : handles.entrySet()) {
            FakeQueuePartition partition = queue.partition(entry.getValue());
            DeliveredRecord record = partition.next(memberId, leaseMs);
            if (record != null) {
                FakePartition.Stored stored = partition.log().at(record.getOffset());
                records--;
                bytes -= stored.batch().length;
                send(
                        ReceiveResponse.newBuilder()
                                .setDelivery(
                                        QueueDelivery.newBuilder()
                                                .setHandle(entry.getKey())
                                                .setBaseOffset(stored.baseOffset())
                                                .setAppendTimeMs(stored.appendTimeMs())
                                                .setBatch(ByteString.copyFrom(stored.batch()))
                                                .addRecords(record)));
                return true;
            }
        }
        return false;
    }

    private void settle(Settle settle) {
        SettleResult.Builder result =
                SettleResult.newBuilder().setCorrelationId(settle.getCorrelationId());
        for (Settlement settlement : settle.getSettlementsList()) {
            TopicPartition place = handles.get(settlement.getHandle());
            if (queue.partition(place).settle(memberId, settlement)) {
                String fate = settlement.getFate().name().replace("FATE_", "").toLowerCase();
                String reason = settlement.getReason();
                queue.note(
                        fate
                                + " "
                                + place
                                + "@"
                                + settlement.getOffset()
                                + (reason.isEmpty() ? "" : " " + reason));
            } else {
                result.addRefused(
                        refusal(
                                settlement.getHandle(),
                                settlement.getOffset(),
                                settlement.getDeliveryId()));
            }
        }
        answer(result.build());
    }

    private void extend(Extend extend) {
        SettleResult.Builder result =
                SettleResult.newBuilder().setCorrelationId(extend.getCorrelationId());
        for (DeliveryName name : extend.getDeliveriesList()) {
            TopicPartition place = handles.get(name.getHandle());
            if (queue.partition(place)
                    .extend(
                            memberId,
                            name.getOffset(),
                            name.getDeliveryId(),
                            extend.getLeaseMs())) {
                queue.note("extend " + place + "@" + name.getOffset());
            } else {
                result.addRefused(
                        refusal(name.getHandle(), name.getOffset(), name.getDeliveryId()));
            }
        }
        answer(result.build());
    }

    private static SettleRefusal refusal(int handle, long offset, long deliveryId) {
        MillraceException why =
                MillraceException.of(ErrorCode.DELIVERY_EXPIRED, "the lease has run out");
        return SettleRefusal.newBuilder()
                .setDelivery(
                        DeliveryName.newBuilder()
                                .setHandle(handle)
                                .setOffset(offset)
                                .setDeliveryId(deliveryId))
                .setError(WireError.toDetail(why))
                .build();
    }

    private void answer(SettleResult result) {
        held.add(result);
        answerHeld();
    }

    void answerHeld() {
        if (!queue.withholdsAnswers()) {
            held.forEach(it -> send(ReceiveResponse.newBuilder().setSettled(it)));
            held.clear();
        }
    }

    void beat() {
        if (started) {
            send(ReceiveResponse.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
        }
    }

    void leaderChanged(int shard) {
        boolean concerned =
                handles.values().stream()
                        .anyMatch(
                                it ->
                                        cluster.shardOf(cluster.topic(it.topic()), it.partition())
                                                == shard);
        if (concerned && !broker.leads(shard)) {
            end(broker.notLeader(shard).with("shard", shard));
        }
    }

    void fail() {
        forget();
        out.onError(WireError.toStatus(MillraceException.of(ErrorCode.NOT_READY, "broken")));
    }

    private void end(MillraceException why) {
        send(
                ReceiveResponse.newBuilder()
                        .setEnd(ReceiveEnd.newBuilder().setError(WireError.toDetail(why))));
        forget();
        out.onCompleted();
    }

    private void forget() {
        ended = true;
        queue.ended(this);
    }

    private void send(ReceiveResponse.Builder response) {
        if (!ended && !broker.isMute()) {
            out.onNext(response.build());
        }
    }
}
