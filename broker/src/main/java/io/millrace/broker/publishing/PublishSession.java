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
    private final PublishAnswers answers;

    /** Null until it is welcomed. */
    private ProducerIdentity producer;

    private boolean helloCame;
    private boolean closed;
    private boolean halfClosed;
    private MillraceException leaving;
    private boolean requestOwed;
    private ParkedBatch parked;

    public PublishSession(PublishContext context, PublishOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
        this.partitions = new PartitionStreams(context);
        this.answers = new PublishAnswers(context, outlet);
        later(HELLO_TIMEOUT_MS, this::requireHello);
    }

    /** A request came in. It and the array that its batch lies in are the session's from now on. */
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
            unforeseen(e);
        }
    }

    private void unforeseen(RuntimeException e) {
        LOG.error("a publish stream failed in a way that nobody foresaw", e);
        breakOff(
                MillraceException.of(
                        ErrorCode.INTERNAL, "the broker failed: " + e + "; see its log", e));
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
        close();
        unpark();
    }

    private void close() {
        closed = true;
        answers.silence();
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
        if (producer == null) {
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
        ProducerIdentity.of(hello, context).whenComplete(this::identified);
    }

    private synchronized void identified(ProducerIdentity identity, Throwable failure) {
        if (closed) {
            return;
        }
        if (failure != null) {
            breakOff(WireError.fromThrowable(failure));
            return;
        }
        try {
            producer = identity;
            outlet.send(PublishMessages.welcome(context, identity.id(), identity.epoch()));
            requestMore();
        } catch (RuntimeException e) {
            unforeseen(e);
        }
    }

    private void append(BatchAppend append) {
        if (producer == null) {
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
            admit(partitions.checked(append, stream, producer.id(), producer.epoch(), arrived));
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
        answers.proposed(stream);
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
            settle(
                    () ->
                            answers.acknowledge(
                                    incoming, baseOffset, leaderEpoch, appendTimeMs, false));
        }

        @Override
        public void duplicate(long baseOffset, long leaderEpoch, long appendTimeMs) {
            settle(
                    () ->
                            answers.acknowledge(
                                    incoming, baseOffset, leaderEpoch, appendTimeMs, true));
        }

        @Override
        public void refused(MillraceException reason) {
            settle(() -> answers.refuseProposed(incoming, reason));
        }

        /** Whatever happens to the answer, the room is given back and the next one has its turn. */
        private void settle(Runnable answer) {
            try {
                synchronized (PublishSession.this) {
                    try {
                        answer.run();
                    } finally {
                        answers.settled(incoming.stream());
                    }
                    answers.sendHeldBack(incoming.stream());
                    completeIfDone();
                }
            } finally {
                context.budget().release(incoming.bytes());
            }
        }
    }

    private void refuse(PartitionStream stream, long correlationId, MillraceException reason) {
        try {
            answers.refuse(stream, correlationId, reason);
        } catch (MillraceException tooMany) {
            breakOff(tooMany);
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
        if (halfClosed && !closed && answers.inFlight() == 0 && parked == null) {
            close();
            outlet.complete();
        }
    }

    private void breakOff(MillraceException reason) {
        if (!closed) {
            close();
            unpark();
            outlet.fail(reason);
        }
    }
}
