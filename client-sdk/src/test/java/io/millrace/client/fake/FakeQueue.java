package io.millrace.client.fake;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.client.record.TopicPartition;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The queues of the only group: leases, settlements, order per key, delivery counts and dead
 * letters, as the leaders of partitions keep them. A new leader knows what was settled and how
 * often records were delivered, and nothing of leases. Guarded by the cluster's monitor.
 */
public final class FakeQueue {
    private final FakeCluster cluster;
    private final Map<TopicPartition, FakeQueuePartition> partitions = new TreeMap<>();
    private final List<FakeReceiveStream> streams = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private int leaseMs = 30_000;
    private int maxDeliveries = 10;
    private boolean withholdsAnswers;
    private int opened;
    private long lastDelivery;

    FakeQueue(FakeCluster cluster) {
        this.cluster = cluster;
    }

    /** The lease of members that do not ask for one. */
    public void setLeaseMs(int milliseconds) {
        synchronized (cluster) {
            leaseMs = milliseconds;
        }
    }

    /** After so many deliveries in vain a record is given up. */
    public void setMaxDeliveries(int deliveries) {
        synchronized (cluster) {
            maxDeliveries = deliveries;
        }
    }

    /** Hears what is settled, makes it durable, and does not say so. */
    public void withholdAnswers(boolean value) {
        synchronized (cluster) {
            withholdsAnswers = value;
            streams.forEach(FakeReceiveStream::answerHeld);
        }
    }

    /** Ends the lease of a record now. */
    public void expire(TopicPartition partition, long offset) {
        synchronized (cluster) {
            partition(partition).expire(offset);
            pump();
        }
    }

    /** Breaks all streams without a word. */
    public void breakStreams() {
        synchronized (cluster) {
            List.copyOf(streams).forEach(FakeReceiveStream::fail);
        }
    }

    /** What was settled and extended, in its order: "ack t/0@3", "nack t/0@4 why", … */
    public List<String> log() {
        synchronized (cluster) {
            return List.copyOf(log);
        }
    }

    /** The offsets of a partition that are done for good. */
    public List<Long> done(TopicPartition partition) {
        synchronized (cluster) {
            return partition(partition).done();
        }
    }

    /** The records that were given up: "t/0@3 why". */
    public List<String> deadLetters() {
        synchronized (cluster) {
            List<String> all = new ArrayList<>();
            partitions.forEach(
                    (place, queue) ->
                            queue.deadLetters()
                                    .forEach((at, why) -> all.add(place + "@" + at + " " + why)));
            return all;
        }
    }

    /** How many records are in delivery. */
    public int leased() {
        synchronized (cluster) {
            return partitions.values().stream().mapToInt(FakeQueuePartition::leased).sum();
        }
    }

    /** How many streams were opened. */
    public int openedStreams() {
        synchronized (cluster) {
            return opened;
        }
    }

    /** How many streams are open. */
    public int streams() {
        synchronized (cluster) {
            return streams.size();
        }
    }

    /** How many records all streams together still allow. */
    public long recordCredit() {
        synchronized (cluster) {
            return streams.stream().mapToLong(FakeReceiveStream::recordCredit).sum();
        }
    }

    QueueServiceGrpc.QueueServiceImplBase service(FakeBroker broker) {
        return new Scripted.Queues(cluster.script()) {
            @Override
            public StreamObserver<ReceiveRequest> receive(StreamObserver<ReceiveResponse> out) {
                ((ServerCallStreamObserver<ReceiveResponse>) out).setOnCancelHandler(() -> {});
                synchronized (cluster) {
                    opened++;
                    FakeReceiveStream stream =
                            new FakeReceiveStream(cluster, FakeQueue.this, broker, out);
                    streams.add(stream);
                    return stream;
                }
            }
        };
    }

    void pump() {
        // One record a stream at a time: members take turns.
        boolean more = true;
        while (more) {
            more = false;
            for (FakeReceiveStream stream : List.copyOf(streams)) {
                more |= stream.deliverOne();
            }
        }
    }

    void beat(FakeBroker broker) {
        partitions.values().forEach(FakeQueuePartition::tick);
        streams.stream().filter(it -> it.broker() == broker).forEach(FakeReceiveStream::beat);
        pump();
    }

    void leaderChanged(int shard) {
        partitions.forEach(
                (place, queue) -> {
                    FakeCluster.FakeTopic topic = cluster.topic(place.topic());
                    if (cluster.shardOf(topic, place.partition()) == shard) {
                        queue.forgetLeases();
                    }
                });
        List.copyOf(streams).forEach(stream -> stream.leaderChanged(shard));
    }

    void stopped(FakeBroker broker) {
        streams.removeIf(stream -> stream.broker() == broker);
    }

    void ended(FakeReceiveStream stream) {
        streams.remove(stream);
    }

    FakeQueuePartition partition(TopicPartition place) {
        return partitions.computeIfAbsent(
                place,
                it -> new FakeQueuePartition(cluster.partition(it.topic(), it.partition()), this));
    }

    void note(String what) {
        log.add(what);
    }

    int leaseMs() {
        return leaseMs;
    }

    int maxDeliveries() {
        return maxDeliveries;
    }

    boolean withholdsAnswers() {
        return withholdsAnswers;
    }

    long nextDelivery() {
        return ++lastDelivery;
    }
}
