package io.millrace.client.subscribe;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.millrace.client.choice.Balancer;
import io.millrace.client.cluster.BrokerStream;
import io.millrace.client.cluster.Patience;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.message.AliasingMarshaller;
import io.millrace.v1.Credit;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Seek;
import io.millrace.v1.SetPaused;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import io.millrace.v1.SubscribeStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One subscribe stream to one broker, and its credit. Messages come on network threads, all else is
 * guarded by the owner's lock.
 */
final class SubscribeStream extends BrokerStream<SubscribeRequest, SubscribeResponse> {
    /** Batches are not copied again when they have come. */
    private static final MethodDescriptor<SubscribeRequest, SubscribeResponse> SUBSCRIBE =
            AliasingMarshaller.ofResponses(
                    SubscribeServiceGrpc.getSubscribeMethod(), SubscribeResponse.parser());

    private static final int MAX_PER_BROKER = 4;

    private static final int PROTOCOL_VERSION = 1;
    private static final long MAX_CREDIT = Integer.MAX_VALUE;

    /** What happens on a stream; called on network threads. */
    interface Listener {
        void received(SubscribeStream stream, SubscribeResponse response);

        void ended(SubscribeStream stream, MillraceException why);
    }

    private final List<Cursor> cursors;
    private final SubscriberOptions options;
    private final ReadAhead.Window window;
    private final Listener listener;
    private final List<Balancer.Call> choices = new ArrayList<>();
    private Set<String> chosenFrom = Set.of();
    private boolean moving;
    private boolean started;
    private final Patience patience = new Patience();
    private long owedRecords;
    private long owedBytes;

    SubscribeStream(
            String address,
            List<Cursor> cursors,
            SubscriberOptions options,
            ReadAhead.Window window,
            Listener listener) {
        super(address);
        this.cursors = new ArrayList<>(cursors);
        this.options = options;
        this.window = window;
        this.listener = listener;
    }

    List<Cursor> cursors() {
        return cursors;
    }

    /** How much of it may be read ahead. */
    ReadAhead.Window window() {
        return window;
    }

    /** Reads one partition less; what still comes of it is not wanted. */
    void forget(Cursor cursor) {
        int at = cursors.indexOf(cursor);
        cursors.remove(at);
        if (at < choices.size()) {
            choices.remove(at).ended();
        }
    }

    /** Opens the stream; what its cursors hold already counts against the first credit. */
    void open(
            Channel channel,
            String clientName,
            String clusterId,
            long nowNanos,
            long silenceNanos) {
        patience.begin(nowNanos, silenceNanos);
        SubscribeStart.Builder start =
                SubscribeStart.newBuilder()
                        .setProtocolVersion(PROTOCOL_VERSION)
                        .setClientName(clientName)
                        .setClusterId(clusterId)
                        .setFilter(options.filter());
        ReadTerms terms = ReadTerms.of(options.consistency());
        terms.applyTo(start);
        long records = window.records();
        long bytes = window.bytes();
        for (Cursor cursor : cursors) {
            cursor.setStream(this);
            records -= cursor.waitingRecords();
            bytes -= cursor.waitingBytes();
            start.addPartitions(
                    PartitionStart.newBuilder()
                            .setHandle(cursor.handle())
                            .setTopic(cursor.partition().topic())
                            .setTopicId(cursor.topicId())
                            .setPartition(cursor.partition().partition())
                            .setAtLeastOffset(terms.atLeast(cursor))
                            .setPosition(wire(cursor.resumeAt())));
        }
        start.setInitialCredit(credit(Math.max(0, records), Math.max(0, bytes)));
        // What is over the bound by a batch is paid off before new credit is given.
        owedRecords = Math.min(0, records);
        owedBytes = Math.min(0, bytes);
        ClientCalls.asyncBidiStreamingCall(channel.newCall(SUBSCRIBE, CallOptions.DEFAULT), this);
        send(SubscribeRequest.newBuilder().setStart(start));
        cursors.stream().filter(Cursor::isPaused).forEach(this::setPaused);
    }

    void seek(Cursor cursor) {
        send(
                SubscribeRequest.newBuilder()
                        .setSeek(
                                Seek.newBuilder()
                                        .setHandle(cursor.handle())
                                        .setPosition(wire(cursor.resumeAt()))
                                        .setIncarnation(cursor.incarnation())));
    }

    void setPaused(Cursor cursor) {
        send(
                SubscribeRequest.newBuilder()
                        .setSetPaused(
                                SetPaused.newBuilder()
                                        .setHandle(cursor.handle())
                                        .setPaused(cursor.isPaused())));
    }

    /** Many changes leave many small streams: those to one broker that are to become one again. */
    static List<SubscribeStream> crowded(Collection<SubscribeStream> streams) {
        return streams.stream()
                .collect(Collectors.groupingBy(SubscribeStream::address))
                .values()
                .stream()
                .filter(same -> same.size() >= MAX_PER_BROKER)
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Records have been taken or dropped; gives credit for them, a quarter of the bound at a time.
     */
    void giveBack(long records, long bytes) {
        owedRecords += records;
        owedBytes += bytes;
        if (owedRecords * 4 >= window.records() || owedBytes * 4 >= window.bytes()) {
            long moreRecords = Math.max(0, owedRecords);
            long moreBytes = Math.max(0, owedBytes);
            owedRecords -= moreRecords;
            owedBytes -= moreBytes;
            send(SubscribeRequest.newBuilder().setCredit(credit(moreRecords, moreBytes)));
        }
    }

    /** The choices that have led to this stream: one for each cursor, if there was a choice. */
    List<Balancer.Call> choices() {
        return choices;
    }

    /** The brokers that it was chosen from; its own is one of them. */
    void chosenFrom(Set<String> addresses) {
        chosenFrom = addresses;
    }

    /** Whether a broker was there when it was chosen. */
    boolean wasChosenFrom(String other) {
        return other.equals(address()) || chosenFrom.contains(other);
    }

    /** Whether its end is under way, since others lead what it reads. */
    boolean isMoving() {
        return moving;
    }

    void setMoving(boolean value) {
        moving = value;
    }

    /** The broker has answered; from now on it is silent for this long at most. */
    void started(long maxSilenceNanos) {
        started = true;
        patience.setSilence(maxSilenceNanos);
    }

    boolean isStarted() {
        return started;
    }

    void heard(long nowNanos) {
        patience.heard(nowNanos);
    }

    /** How long the broker may still be silent, in nanoseconds; 0 or less: it is dead. */
    long patienceNanos(long nowNanos) {
        return patience.leftNanos(nowNanos);
    }

    @Override
    protected void received(SubscribeResponse response) {
        listener.received(this, response);
    }

    @Override
    protected void failed(MillraceException why) {
        listener.ended(this, why);
    }

    private void send(SubscribeRequest.Builder request) {
        send(request.build());
    }

    private static Credit credit(long records, long bytes) {
        return Credit.newBuilder()
                .setRecords(Math.min(MAX_CREDIT, records))
                .setBytes(Math.min(MAX_CREDIT, bytes))
                .build();
    }

    private static io.millrace.v1.Position wire(Position position) {
        io.millrace.v1.Position.Builder wire = io.millrace.v1.Position.newBuilder();
        if (position instanceof Position.AtOffset at) {
            wire.setOffset(at.offset());
        } else if (position instanceof Position.AtTime at) {
            wire.setTimestampMs(at.timestampMs());
        } else if (position == Position.earliest()) {
            wire.setEarliest(true);
        } else {
            wire.setLatest(true);
        }
        return wire.build();
    }
}
