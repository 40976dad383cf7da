package io.millrace.broker.publishing;

import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.batch.BatchHeader;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BatchAck;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.BatchRefusal;
import io.millrace.v1.Durability;
import io.millrace.v1.GoAway;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import io.millrace.v1.PublishResponse;
import io.millrace.v1.PublishWelcome;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One publish stream. Requests come one at a time; answers come on the threads of the shards. The
 * session's lock keeps both in order, and no call under it blocks.
 *
 * <p>Back-pressure: the next request is asked for only when the one before has found room in the
 * broker's {@link ByteBudget} and the connection has room for answers.
 */
public final class PublishSession {

    private final PublishContext context;
    private final PublishOutlet outlet;
    private final Map<String, PartitionStream> partitions = new HashMap<>();

    private long producerId;
    private int producerEpoch;
    private boolean welcomed;
    private boolean closed;
    private boolean halfClosed;
    private boolean requestOwed;
    private Parked parked;
    private int inFlight;

    public PublishSession(PublishContext context, PublishOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
    }

    /** What this stream knows of one partition. */
    private static final class PartitionStream {

        private final AppendTarget target;
        private final long term;
        private final String topic;
        private int inFlight;
        private boolean failed;

        PartitionStream(AppendTarget target, long term, String topic) {
            this.target = target;
            this.term = term;
            this.topic = topic;
        }
    }

    /** The one batch that waits for room. */
    private static final class Parked {

        private ByteBudget.Waiter waiter;
        private ScheduledFuture<?> timeout;
    }

    /** A request came in. */
    public synchronized void onRequest(PublishRequest request) {
        if (closed) {
            return;
        }
        switch (request.getRequestCase()) {
            case HELLO -> hello(request.getHello());
            case APPEND -> append(request.getAppend());
            case REQUEST_NOT_SET ->
                    breakOff(PublishChecks.invalid("request", "the message is empty"));
        }
    }

    /** The connection has room again. */
    public synchronized void onReady() {
        if (requestOwed && outlet.isReady()) {
            requestOwed = false;
            outlet.requestNext();
        }
    }

    /** The publisher sends no more; what is in flight is still answered. */
    public synchronized void onHalfClosed() {
        halfClosed = true;
        completeIfDone();
    }

    /** The publisher is gone. What was proposed goes on without it. */
    public synchronized void onClosed() {
        closed = true;
        unpark();
    }

    /**
     * Tells the publisher that the broker takes no more, and closes the stream when what is in
     * flight has its answers.
     */
    public synchronized void goAway(MillraceException reason, int graceMs) {
        if (closed) {
            return;
        }
        outlet.send(
                PublishResponse.newBuilder()
                        .setGoAway(
                                GoAway.newBuilder()
                                        .setError(WireError.toDetail(reason))
                                        .setGraceMs(graceMs))
                        .build());
        halfClosed = true;
        completeIfDone();
    }

    private void hello(PublishHello hello) {
        if (welcomed) {
            breakOff(PublishChecks.invalid("hello", "a stream is opened once"));
            return;
        }
        try {
            PublishChecks.check(hello, context.handshake());
        } catch (MillraceException e) {
            breakOff(e);
            return;
        }
        if (hello.getProducerId() != 0) {
            welcome(hello.getProducerId(), hello.getProducerEpoch());
            return;
        }
        context.producerIds()
                .next()
                .whenComplete(
                        (id, error) -> {
                            synchronized (this) {
                                if (error == null) {
                                    welcome(id, 0);
                                } else {
                                    breakOff(WireError.fromThrowable(error));
                                }
                            }
                        });
    }

    private void welcome(long id, int epoch) {
        if (closed) {
            return;
        }
        producerId = id;
        producerEpoch = epoch;
        welcomed = true;
        outlet.send(
                PublishResponse.newBuilder()
                        .setWelcome(
                                PublishWelcome.newBuilder()
                                        .setProtocolVersion(Handshake.PROTOCOL_VERSION)
                                        .setProducerId(id)
                                        .setProducerEpoch(epoch)
                                        .setClusterId(context.handshake().clusterId())
                                        .setMaxInFlightBatches(context.maxInFlight())
                                        .setMaxBatchBytes(context.maxBatchBytes()))
                        .build());
        requestMore();
    }

    private void append(BatchAppend append) {
        if (!welcomed) {
            breakOff(
                    PublishChecks.invalid(
                            "hello", "send PublishHello and wait for PublishWelcome first"));
            return;
        }
        long arrived = context.nanoTime().getAsLong();
        String key = append.getTopic() + '/' + Integer.toUnsignedString(append.getPartition());
        PartitionStream stream = partitions.get(key);
        if (stream != null && stream.failed) {
            refuse(
                    append.getCorrelationId(),
                    MillraceException.of(
                            ErrorCode.PREDECESSOR_FAILED,
                            "an earlier batch for "
                                    + key
                                    + " failed on this stream; open a new stream and send"
                                    + " them again in order"));
            requestMore();
            return;
        }
        try {
            if (stream == null) {
                stream = open(append);
                partitions.put(key, stream);
            }
            Incoming incoming = checked(append, stream, key, arrived);
            admit(incoming);
        } catch (MillraceException e) {
            if (stream != null) {
                stream.failed = true;
            }
            refuse(append.getCorrelationId(), e);
            requestMore();
        }
    }

    private PartitionStream open(BatchAppend append) {
        AppendTarget target =
                context.targets()
                        .target(append.getTopic(), append.getTopicId(), append.getPartition());
        long term = target.leadingTerm();
        if (term == 0) {
            throw MillraceException.of(
                            ErrorCode.NOT_LEADER,
                            "this broker does not lead the shard of "
                                    + append.getTopic()
                                    + "/"
                                    + append.getPartition()
                                    + " at the moment; refresh the cluster map")
                    .with("leader", target.leaderAddress());
        }
        return new PartitionStream(target, term, append.getTopic());
    }

    /** A batch that passed the checks. */
    private record Incoming(
            PartitionStream stream,
            long correlationId,
            ByteBuffer batch,
            int bytes,
            int records,
            long arrivedNanos,
            long deadlineNanos) {}

    private Incoming checked(
            BatchAppend append, PartitionStream stream, String key, long arrivedNanos) {
        if (stream.inFlight >= context.maxInFlight()) {
            throw PublishChecks.invalid(
                    "batch",
                    "more than %d batches for %s in flight; wait for their answers"
                            .formatted(context.maxInFlight(), key));
        }
        long timeoutNanos = PublishChecks.timeoutNanos(append);
        PublishChecks.checkSize(append.getBatch().size(), stream.target.maxBatchBytes(), key);
        ByteBuffer batch = append.getBatch().asReadOnlyByteBuffer();
        BatchHeader header = PublishChecks.checkBatch(batch, key, producerId, producerEpoch);
        return new Incoming(
                stream,
                append.getCorrelationId(),
                batch,
                append.getBatch().size(),
                header.recordCount(),
                arrivedNanos,
                arrivedNanos + timeoutNanos);
    }

    /** Finds room for the batch, or parks it; nothing else is read meanwhile. */
    private void admit(Incoming incoming) {
        Parked waiting = new Parked();
        waiting.waiter =
                context.budget().acquire(incoming.bytes(), () -> granted(waiting, incoming));
        if (waiting.waiter == null) {
            propose(incoming);
            requestMore();
            return;
        }
        parked = waiting;
        long delay = incoming.deadlineNanos() - context.nanoTime().getAsLong();
        waiting.timeout =
                context.timer()
                        .schedule(
                                () -> timedOut(waiting, incoming),
                                Math.max(0, delay),
                                TimeUnit.NANOSECONDS);
    }

    private void granted(Parked waiting, Incoming incoming) {
        synchronized (this) {
            if (parked == waiting) {
                parked = null;
                waiting.timeout.cancel(false);
                propose(incoming);
                requestMore();
                return;
            }
        }
        context.budget().release(incoming.bytes());
    }

    private void timedOut(Parked waiting, Incoming incoming) {
        synchronized (this) {
            if (parked != waiting) {
                return;
            }
            parked = null;
            incoming.stream().failed = true;
            refuse(
                    incoming.correlationId(),
                    MillraceException.of(
                            ErrorCode.OVERLOADED,
                            "the broker's publish queues had no room for the batch before"
                                    + " its deadline; slow down or try again"));
            requestMore();
        }
        // If it was granted in the same moment, granted() finds it gone and gives the bytes back.
        context.budget().abandon(waiting.waiter);
    }

    private void unpark() {
        Parked waiting = parked;
        parked = null;
        if (waiting != null) {
            waiting.timeout.cancel(false);
            context.budget().abandon(waiting.waiter);
        }
    }

    private void propose(Incoming incoming) {
        incoming.stream().inFlight++;
        inFlight++;
        incoming.stream()
                .target
                .append(
                        incoming.stream().term,
                        incoming.batch(),
                        incoming.deadlineNanos(),
                        new Answer(incoming));
    }

    /** Turns the fate of one batch into its answer. */
    private final class Answer implements AppendTarget.AppendCallback {

        private final Incoming incoming;

        Answer(Incoming incoming) {
            this.incoming = incoming;
        }

        @Override
        public void stored(long baseOffset, long leaderEpoch, long appendTimeMs) {
            acknowledge(baseOffset, leaderEpoch, appendTimeMs, false);
        }

        @Override
        public void duplicate(long baseOffset, long leaderEpoch, long appendTimeMs) {
            acknowledge(baseOffset, leaderEpoch, appendTimeMs, true);
        }

        private void acknowledge(
                long baseOffset, long leaderEpoch, long appendTimeMs, boolean duplicate) {
            long nanos = context.nanoTime().getAsLong() - incoming.arrivedNanos();
            context.listener()
                    .acknowledged(
                            incoming.stream().topic,
                            incoming.records(),
                            incoming.bytes(),
                            nanos,
                            duplicate);
            BatchAck.Builder ack =
                    BatchAck.newBuilder()
                            .setCorrelationId(incoming.correlationId())
                            .setBaseOffset(Math.max(0, baseOffset))
                            .setLeaderEpoch(leaderEpoch)
                            .setDurability(Durability.DURABILITY_QUORUM_FSYNC)
                            .setAppendTimeMs(appendTimeMs)
                            .setDuplicate(duplicate)
                            .setOffsetUnknown(baseOffset < 0);
            synchronized (PublishSession.this) {
                if (!closed) {
                    outlet.send(PublishResponse.newBuilder().setAck(ack).build());
                }
                settled();
            }
            context.budget().release(incoming.bytes());
        }

        @Override
        public void refused(MillraceException reason) {
            synchronized (PublishSession.this) {
                incoming.stream().failed = true;
                refuse(incoming.correlationId(), reason);
                settled();
            }
            context.budget().release(incoming.bytes());
        }

        private void settled() {
            incoming.stream().inFlight--;
            inFlight--;
            completeIfDone();
        }
    }

    private void refuse(long correlationId, MillraceException reason) {
        context.listener().refused(reason.code());
        if (!closed) {
            outlet.send(
                    PublishResponse.newBuilder()
                            .setRefusal(
                                    BatchRefusal.newBuilder()
                                            .setCorrelationId(correlationId)
                                            .setError(WireError.toDetail(reason)))
                            .build());
        }
    }

    private void requestMore() {
        if (closed || halfClosed) {
            completeIfDone();
        } else if (outlet.isReady()) {
            outlet.requestNext();
        } else {
            requestOwed = true;
        }
    }

    private void completeIfDone() {
        if (halfClosed && !closed && inFlight == 0 && parked == null) {
            closed = true;
            outlet.complete();
        }
    }

    private void breakOff(MillraceException reason) {
        if (!closed) {
            closed = true;
            unpark();
            outlet.fail(reason);
        }
    }
}
