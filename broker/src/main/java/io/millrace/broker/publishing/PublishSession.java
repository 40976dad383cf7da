package io.millrace.broker.publishing;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.BatchAppend;
import io.millrace.v1.PublishHello;
import io.millrace.v1.PublishRequest;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publish stream. Requests come one at a time; answers come on the threads of the shards. The
 * session's lock keeps both in order, and no call under it blocks.
 *
 * <p>Back-pressure: the next request is asked for only when the one before has found room in the
 * broker's {@link ByteBudget} and the connection has room for answers.
 */
public final class PublishSession {

    private static final Logger LOG = LoggerFactory.getLogger(PublishSession.class);

    private static final int HELLO_TIMEOUT_MS = 30_000;

    private final PublishContext context;
    private final PublishOutlet outlet;
    private final PartitionStreams partitions;

    private long producerId;
    private int producerEpoch;
    private boolean helloCame;
    private boolean welcomed;
    private boolean closed;
    private boolean halfClosed;
    private MillraceException leaving;
    private boolean requestOwed;
    private ParkedBatch parked;
    private int inFlight;

    public PublishSession(PublishContext context, PublishOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
        this.partitions = new PartitionStreams(context);
        later(HELLO_TIMEOUT_MS, this::requireHello);
    }

    /** A request came in. */
    public synchronized void onRequest(PublishRequest request) {
        if (closed) {
            return;
        }
        try {
            switch (request.getRequestCase()) {
                case HELLO -> hello(request.getHello());
                case APPEND -> append(request.getAppend());
                case REQUEST_NOT_SET ->
                        breakOff(PublishChecks.invalid("request", "the message is empty"));
            }
        } catch (RuntimeException e) {
            LOG.error("a publish stream failed in a way that nobody foresaw", e);
            breakOff(
                    MillraceException.of(
                            ErrorCode.INTERNAL, "the broker failed: " + e + "; see its log", e));
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
     * Tells the publisher that the broker takes no more. What is in flight is answered, and what is
     * still on the wire refused, until the publisher closes its side; at the end of the grace the
     * stream closes in any case.
     */
    public synchronized void goAway(MillraceException reason, int graceMs) {
        if (closed || leaving != null) {
            return;
        }
        outlet.send(PublishMessages.goAway(reason, graceMs));
        leaving = reason;
        if (!welcomed) {
            halfClosed = true;
        } else {
            later(graceMs, this::onHalfClosed);
        }
        completeIfDone();
    }

    /** The publisher has had its time to open the stream. */
    private synchronized void requireHello() {
        if (!helloCame) {
            breakOff(
                    MillraceException.of(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "no PublishHello came within %d ms; open the stream when there is"
                                            .formatted(HELLO_TIMEOUT_MS)
                                    + " something to publish"));
        }
    }

    private void later(int delayMs, Runnable task) {
        try {
            context.timer().schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("a publish stream outlives the broker's timer, the broker stops", e);
        }
    }

    private void hello(PublishHello hello) {
        if (helloCame) {
            breakOff(PublishChecks.invalid("hello", "a stream is opened once"));
            return;
        }
        helloCame = true;
        try {
            PublishChecks.check(hello, context.handshake());
        } catch (MillraceException e) {
            breakOff(e);
            return;
        }
        if (hello.getProducerId() != 0) {
            try {
                checkGiven(hello.getProducerId());
            } catch (MillraceException e) {
                breakOff(e);
                return;
            }
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

    private void checkGiven(long producerId) {
        if (!context.producerIdGiven().test(producerId)) {
            // Whoever is given the id later would have records taken for duplicates.
            throw PublishChecks.invalid(
                    "producer_id",
                    "producer id %d was never given out here; send 0 to get one"
                            .formatted(producerId));
        }
    }

    private void welcome(long id, int epoch) {
        if (closed) {
            return;
        }
        producerId = id;
        producerEpoch = epoch;
        welcomed = true;
        outlet.send(PublishMessages.welcome(context, id, epoch));
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
        PartitionStream stream = partitions.find(append);
        try {
            if (leaving != null) {
                throw leaving;
            }
            if (stream == null) {
                stream = partitions.open(append);
            }
            admit(partitions.checked(append, stream, producerId, producerEpoch, arrived));
        } catch (MillraceException e) {
            refuse(stream, append.getCorrelationId(), e);
            requestMore();
        }
    }

    /** Finds room for the batch, or parks it; nothing else is read meanwhile. */
    private void admit(IncomingBatch incoming) {
        ParkedBatch waiting = new ParkedBatch(context, incoming);
        if (waiting.parks(() -> granted(waiting), () -> timedOut(waiting))) {
            parked = waiting;
        } else {
            propose(incoming);
            requestMore();
        }
    }

    private void granted(ParkedBatch waiting) {
        synchronized (this) {
            if (parked == waiting) {
                parked = null;
                waiting.cancelTimeout();
                propose(waiting.batch());
                requestMore();
                return;
            }
        }
        context.budget().release(waiting.batch().bytes());
    }

    private void timedOut(ParkedBatch waiting) {
        synchronized (this) {
            if (parked != waiting) {
                return;
            }
            parked = null;
            refuse(
                    waiting.batch().stream(),
                    waiting.batch().correlationId(),
                    MillraceException.of(
                            ErrorCode.OVERLOADED,
                            "the broker's publish queues had no room for the batch before"
                                    + " its deadline; slow down or try again"));
            requestMore();
        }
        // If it was granted in the same moment, granted() finds it gone and gives the bytes back.
        waiting.leave();
    }

    private void unpark() {
        ParkedBatch waiting = parked;
        parked = null;
        if (waiting != null) {
            waiting.cancelTimeout();
            waiting.leave();
        }
    }

    private void propose(IncomingBatch incoming) {
        PartitionStream stream = incoming.stream();
        stream.proposed();
        inFlight++;
        stream.target()
                .append(
                        stream.term(),
                        incoming.batch(),
                        incoming.deadlineNanos(),
                        new Answer(incoming));
    }

    /** Turns the fate of one batch into its answer. */
    private final class Answer implements AppendTarget.AppendCallback {

        private final IncomingBatch incoming;

        Answer(IncomingBatch incoming) {
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
            settle(
                    () -> {
                        long nanos = context.nanoTime().getAsLong() - incoming.arrivedNanos();
                        context.listener()
                                .acknowledged(
                                        incoming.stream().topic(),
                                        incoming.records(),
                                        incoming.bytes(),
                                        nanos,
                                        duplicate);
                        if (!closed) {
                            outlet.send(
                                    PublishMessages.ack(
                                            incoming.correlationId(),
                                            baseOffset,
                                            leaderEpoch,
                                            appendTimeMs,
                                            duplicate));
                        }
                    });
        }

        @Override
        public void refused(MillraceException reason) {
            settle(
                    () -> {
                        incoming.stream().fail();
                        sendRefusal(incoming.correlationId(), reason);
                    });
        }

        /** Whatever happens to the answer, the room is given back and the next one has its turn. */
        private void settle(Runnable answer) {
            try {
                synchronized (PublishSession.this) {
                    try {
                        answer.run();
                    } finally {
                        incoming.stream().answered();
                        inFlight--;
                    }
                    sendHeldBack(incoming.stream());
                    completeIfDone();
                }
            } finally {
                context.budget().release(incoming.bytes());
            }
        }
    }

    /**
     * Refuses a batch that was not proposed. Its answer comes after those of the batches before it.
     *
     * @param stream null if its partition was not found
     */
    private void refuse(PartitionStream stream, long correlationId, MillraceException reason) {
        if (stream == null) {
            sendRefusal(correlationId, reason);
            return;
        }
        stream.fail();
        if (stream.inFlight() == 0) {
            sendRefusal(correlationId, reason);
        } else if (stream.heldBack() < context.maxInFlight()) {
            stream.hold(correlationId, reason);
        } else {
            breakOff(
                    PublishChecks.invalid(
                            "batch",
                            "far more than %d batches for %s without an answer; wait for the answers"
                                    .formatted(context.maxInFlight(), stream.name())));
        }
    }

    private void sendHeldBack(PartitionStream stream) {
        for (PartitionStream.Refused due = stream.due(); due != null; due = stream.due()) {
            sendRefusal(due.correlationId(), due.reason());
        }
    }

    private void sendRefusal(long correlationId, MillraceException reason) {
        context.listener().refused(reason.code());
        if (!closed) {
            outlet.send(PublishMessages.refusal(correlationId, reason));
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
