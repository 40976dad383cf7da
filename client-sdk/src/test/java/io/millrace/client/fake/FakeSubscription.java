package io.millrace.client.fake;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeliveredBatch;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionPosition;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.SubscribeEnd;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeStart;
import io.millrace.v1.SubscribeStarted;
import java.util.LinkedHashMap;
import java.util.Map;

/** The broker's side of one subscription. */
public final class FakeSubscription implements StreamObserver<SubscribeRequest> {
    private static final class Followed {
        private final int handle;
        private final FakePartition partition;
        private final int shard;
        private long next;
        private int incarnation;
        private boolean paused;

        Followed(int handle, FakePartition partition, int shard) {
            this.handle = handle;
            this.partition = partition;
            this.shard = shard;
        }
    }

    private final FakeCluster cluster;
    private final FakeBroker broker;
    private final StreamObserver<SubscribeResponse> out;
    private final Map<Integer, Followed> followed = new LinkedHashMap<>();
    private long records;
    private long bytes;
    private boolean opened;
    private boolean started;
    private boolean ended;
    private boolean skipOne;

    FakeSubscription(
            FakeCluster cluster, FakeBroker broker, StreamObserver<SubscribeResponse> out) {
        this.cluster = cluster;
        this.broker = broker;
        this.out = out;
    }

    /** How many records the client still allows. */
    public long recordCredit() {
        synchronized (cluster) {
            return records;
        }
    }

    /** Breaks the promise: leaves out a batch without a word. */
    public void skipOne() {
        synchronized (cluster) {
            skipOne = true;
        }
    }

    @Override
    public void onNext(SubscribeRequest request) {
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
                case SEEK -> {
                    Followed f = followed.get(request.getSeek().getHandle());
                    f.incarnation = request.getSeek().getIncarnation();
                    place(f, request.getSeek().getPosition());
                }
                case SET_PAUSED ->
                        followed.get(request.getSetPaused().getHandle()).paused =
                                request.getSetPaused().getPaused();
                default -> throw new IllegalStateException();
            }
            pump();
        }
    }

    @Override
    public void onError(Throwable failure) {
        onCompleted();
    }

    @Override
    public void onCompleted() {
        synchronized (cluster) {
            ended = true;
            broker.ended(this);
        }
    }

    void fail(MillraceException why) {
        ended = true;
        broker.ended(this);
        out.onError(WireError.toStatus(why));
    }

    void beat() {
        if (started && !ended) {
            Heartbeat.Builder beat = Heartbeat.newBuilder();
            followed.values().forEach(f -> beat.addPositions(position(f)));
            send(SubscribeResponse.newBuilder().setHeartbeat(beat));
        }
    }

    void pump() {
        if (!started || broker.isMute()) {
            return;
        }
        for (Followed f : followed.values()) {
            while (!ended && !f.paused && records > 0 && bytes > 0 && step(f)) {
                // One batch or gap at a time.
            }
        }
    }

    private void start(SubscribeStart start) {
        cluster.subscribed(start);
        if (start.getMaxStalenessMs() > 0 && broker.isFrozen()) {
            end(0, MillraceException.of(ErrorCode.BEHIND, "older than asked for"));
            return;
        }
        for (PartitionStart p : start.getPartitionsList()) {
            FakeCluster.FakeTopic topic = cluster.topic(p.getTopic());
            if (topic == null || topic.id != p.getTopicId()) {
                end(
                        p.getHandle(),
                        MillraceException.of(ErrorCode.TOPIC_RECREATED, "another topic"));
                return;
            }
            int shard = cluster.shardOf(topic, p.getPartition());
            if (!broker.leads(shard) && !cluster.replicasServe()) {
                end(p.getHandle(), broker.notLeader(shard));
                return;
            }
            if (p.getAtLeastOffset() > broker.applied(topic.partitions.get(p.getPartition()))) {
                end(p.getHandle(), behind(shard));
                return;
            }
            Followed f = new Followed(p.getHandle(), topic.partitions.get(p.getPartition()), shard);
            followed.put(p.getHandle(), f);
            place(f, p.getPosition());
            if (ended) {
                return;
            }
        }
        records = start.getInitialCredit().getRecords();
        bytes = start.getInitialCredit().getBytes();
        opened = true;
        answerStart();
    }

    /** Tells that it has started, unless the broker is to wait with that. */
    void answerStart() {
        if (!opened || started || ended || broker.holdsStarts()) {
            return;
        }
        started = true;
        SubscribeStarted.Builder answer =
                SubscribeStarted.newBuilder()
                        .setProtocolVersion(1)
                        .setClusterId("fake")
                        .setHeartbeatIntervalMs(FakeCluster.HEARTBEAT_MS);
        followed.values().forEach(f -> answer.addPositions(position(f)));
        send(SubscribeResponse.newBuilder().setStarted(answer));
    }

    private void place(Followed f, Position position) {
        f.next =
                switch (position.getPositionCase()) {
                    case EARLIEST -> f.partition.start();
                    case LATEST -> f.partition.end();
                    case OFFSET -> position.getOffset();
                    case TIMESTAMP_MS -> f.partition.atTime(position.getTimestampMs());
                    default -> throw new IllegalStateException();
                };
        if (f.next > f.partition.end()) {
            end(f.handle, MillraceException.of(ErrorCode.OFFSET_OUT_OF_RANGE, "above the log end"));
        } else if (f.next > broker.applied(f.partition)) {
            end(f.handle, behind(f.shard));
        }
    }

    private MillraceException behind(int shard) {
        return MillraceException.of(ErrorCode.BEHIND, "has not applied that yet")
                .with(MillraceException.LEADER, cluster.broker(cluster.leader(shard)).address());
    }

    private boolean step(Followed f) {
        if (!broker.leads(f.shard) && !cluster.replicasServe()) {
            end(f.handle, broker.notLeader(f.shard));
            return false;
        }
        if (f.next < f.partition.start()) {
            send(
                    SubscribeResponse.newBuilder()
                            .setGap(
                                    PartitionGap.newBuilder()
                                            .setHandle(f.handle)
                                            .setIncarnation(f.incarnation)
                                            .setFromOffset(f.next)
                                            .setToOffset(f.partition.start())
                                            .setReason(
                                                    PartitionGap.Reason.valueOf(
                                                            "REASON_" + f.partition.gapReason()))));
            f.next = f.partition.start();
            return true;
        }
        FakePartition.Stored stored = f.partition.at(f.next);
        if (stored == null || stored.end() > broker.applied(f.partition)) {
            return false;
        }
        f.next = stored.end();
        if (skipOne) {
            skipOne = false;
            return true;
        }
        records -= stored.count();
        bytes -= stored.batch().length;
        send(
                SubscribeResponse.newBuilder()
                        .setBatch(
                                DeliveredBatch.newBuilder()
                                        .setHandle(f.handle)
                                        .setIncarnation(f.incarnation)
                                        .setBaseOffset(stored.baseOffset())
                                        .setRecordCount(stored.count())
                                        .setAppendTimeMs(stored.appendTimeMs())
                                        .setLeaderEpoch(cluster.epoch(f.shard))
                                        .setBatch(ByteString.copyFrom(stored.batch()))));
        return true;
    }

    private PartitionPosition position(Followed f) {
        return PartitionPosition.newBuilder()
                .setHandle(f.handle)
                .setNextOffset(f.next)
                .setLogStartOffset(f.partition.start())
                .setLogEndOffset(f.partition.end())
                .setLeaderEpoch(cluster.epoch(f.shard))
                .setIncarnation(f.incarnation)
                .build();
    }

    private void end(int handle, MillraceException why) {
        send(
                SubscribeResponse.newBuilder()
                        .setEnd(
                                SubscribeEnd.newBuilder()
                                        .setHandle(handle)
                                        .setError(WireError.toDetail(why))));
        ended = true;
        broker.ended(this);
        out.onCompleted();
    }

    private void send(SubscribeResponse.Builder response) {
        if (!broker.isMute()) {
            out.onNext(response.build());
        }
    }
}
