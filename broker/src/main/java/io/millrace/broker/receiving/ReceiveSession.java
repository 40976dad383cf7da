package io.millrace.broker.receiving;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Extend;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.Settle;
import io.millrace.v1.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One receive stream: a member that receives from queues of this broker. The queues run on loops of
 * their own; between them and the stream lies this object's lock, which nobody holds for long.
 *
 * <p>Bounded: records go out only against credit and while the connection takes them, one request
 * is read at a time, and at most {@value #MAX_UNANSWERED} are unanswered. Thread-safe; no method
 * blocks.
 */
public final class ReceiveSession {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveSession.class);

    /** How long a stream may be open before it starts. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private static final int MAX_UNANSWERED = 1_000;

    private enum State {
        OPEN,
        STARTING,
        STARTED,
        /** The client has closed its side; it hears what came of its last words. */
        CLOSING,
        ENDED
    }

    /** A queue that this stream receives from. */
    private record Attached(Receiver receiver, QueueDriver queue) {}

    private final ReceiveContext context;
    private final ReceiveOutlet outlet;
    private final ReceiveCredit credit = new ReceiveCredit();
    private final Map<Integer, Attached> attached = new LinkedHashMap<>();
    private final Set<SettleAnswer> unanswered = new LinkedHashSet<>();

    /** Queues that have found no credit, in the order in which they are to be told of more. */
    private final Map<Receiver, QueueDriver> hungry = new LinkedHashMap<>();

    private State state = State.OPEN;
    private ReceptionStart start;
    private ReceiveOpening opening;

    /** A request was asked for and has not come. */
    private boolean asked = true;

    /** Queues that have the last request still before them, or the end of the stream. */
    private int busyQueues;

    private final long startDeadlineMs;
    private long heartbeatMs;
    private long readyMs;

    /** A stream without a request; the first one must have been asked for. */
    public ReceiveSession(ReceiveContext context, ReceiveOutlet outlet) {
        this.context = context;
        this.outlet = outlet;
        this.startDeadlineMs = context.nowMs() + START_TIMEOUT.toMillis();
        this.readyMs = context.nowMs();
    }

    // ---- what the transport says ----

    /** A request came in. */
    public synchronized void onRequest(ReceiveRequest request) {
        asked = false;
        if (state == State.ENDED) {
            return;
        }
        try {
            switch (request.getRequestCase()) {
                case START -> start(request);
                case CREDIT -> addCredit(request.getCredit());
                case SETTLE -> settle(request.getSettle());
                case EXTEND -> extend(request.getExtend());
                case REQUEST_NOT_SET ->
                        throw ReceptionStart.invalid("request", "the message is empty");
            }
            askForNext();
        } catch (MillraceException e) {
            end(e);
        } catch (RuntimeException e) {
            LOG.error("a receive stream failed", e);
            end(MillraceException.of(ErrorCode.INTERNAL, "the broker failed: " + e, e));
        }
    }

    /** The connection has room again. */
    public synchronized void onReady() {
        feed();
        askForNext();
    }

    /** The client has closed its side: what it has is delivered again at once. */
    public synchronized void onHalfClosed() {
        if (state == State.STARTED) {
            state = State.CLOSING;
            busyQueues += attached.size();
            for (Attached one : attached.values()) {
                one.queue
                        .lane()
                        .run(
                                () -> {
                                    one.queue.detach(one.receiver, true);
                                    queueDone();
                                });
            }
        } else if (state != State.ENDED) {
            release();
            outlet.complete();
        }
    }

    /** The stream is broken: what it has is delivered again when its lease runs out. */
    public synchronized void onClosed() {
        release();
    }

    /** To be called about every 100 ms. */
    public synchronized void tick() {
        try {
            look(context.nowMs());
        } catch (MillraceException e) {
            end(e);
        }
    }

    /** Ends the stream with a reason. */
    public synchronized void end(MillraceException reason) {
        if (state == State.ENDED) {
            return;
        }
        release();
        outlet.send(ReceiveMessages.end(reason));
        outlet.complete();
    }

    // ---- what the queues say ----

    /** How many records it takes now, as far as one knows. */
    synchronized int credit() {
        return state == State.STARTED && outlet.isReady() ? credit.records() : 0;
    }

    /**
     * Pays for records to be sent.
     *
     * @param records 1, or -1 to give one back
     * @return false if there is no credit any more
     */
    synchronized boolean spend(int records, long bytes) {
        if (records > 0 && credit() == 0) {
            return false;
        }
        credit.spend(records, bytes);
        if (records < 0) {
            feed();
        }
        return true;
    }

    /** Has the queue look at the credit when there is some. */
    synchronized void awaitCredit(Receiver receiver, QueueDriver queue) {
        if (state != State.ENDED) {
            hungry.put(receiver, queue);
            feed();
        }
    }

    /**
     * Sends records.
     *
     * @param moreBytes what they take beyond what was paid; may be negative
     */
    synchronized void deliver(List<QueueDelivery> messages, long moreBytes) {
        if (state == State.ENDED) {
            return;
        }
        credit.spend(0, moreBytes);
        messages.forEach(message -> outlet.send(ReceiveMessages.delivery(message)));
    }

    // ---- start ----

    private void start(ReceiveRequest request) {
        if (start != null) {
            throw ReceptionStart.invalid("start", "a stream is started once");
        }
        start =
                ReceptionStart.checked(
                        request.getStart(), context.handshake(), context.limits().maxPartitions());
        state = State.STARTING;
        opening = new ReceiveOpening(context, start, this, this::opened);
        opening.openMore(() -> state == State.STARTING);
    }

    private synchronized void opened(
            ReceptionStart.Part part, Receiver receiver, QueueDriver queue, Throwable error) {
        if (state != State.STARTING) {
            if (queue != null) {
                queue.lane().run(() -> queue.detach(receiver, false));
            }
            return;
        }
        try {
            if (error != null) {
                opening.failed(part, error);
                return;
            }
            attached.put(part.handle(), new Attached(receiver, queue));
            if (attached.size() == start.parts().size()) {
                started();
            }
        } catch (MillraceException e) {
            end(e);
        }
    }

    private void started() {
        state = State.STARTED;
        heartbeatMs = context.nowMs();
        outlet.send(ReceiveMessages.started(context, opening.leaseMs()));
        credit.add(start.initialCredit());
        feed();
        askForNext();
    }

    // ---- requests ----

    private void addCredit(Credit more) {
        requireStarted();
        ReceptionStart.checkCredit(more);
        credit.add(more);
        feed();
    }

    private void settle(Settle request) {
        requireStarted();
        SettleRequest.check(request);
        Map<Attached, List<Integer>> byQueue = new HashMap<>();
        for (int i = 0; i < request.getSettlementsCount(); i++) {
            byQueue.computeIfAbsent(
                            require(request.getSettlements(i).getHandle()),
                            any -> new ArrayList<>())
                    .add(i);
        }
        SettleAnswer answer =
                answer(
                        request.getCorrelationId(),
                        request.getSettlementsCount(),
                        i -> SettleRequest.name(request.getSettlements(i)));
        ask(
                byQueue,
                (one, i) -> {
                    Settlement settlement = request.getSettlements(i);
                    one.queue.settle(
                            one.receiver,
                            settlement.getOffset(),
                            settlement.getDeliveryId(),
                            SettleRequest.fate(settlement),
                            answer,
                            i);
                });
    }

    private void extend(Extend request) {
        requireStarted();
        SettleRequest.checkCount("deliveries", request.getDeliveriesCount());
        ReceptionStart.checkLease(request.getLeaseMs());
        Map<Attached, List<Integer>> byQueue = new HashMap<>();
        for (int i = 0; i < request.getDeliveriesCount(); i++) {
            byQueue.computeIfAbsent(
                            require(request.getDeliveries(i).getHandle()), any -> new ArrayList<>())
                    .add(i);
        }
        SettleAnswer answer =
                answer(
                        request.getCorrelationId(),
                        request.getDeliveriesCount(),
                        request::getDeliveries);
        ask(
                byQueue,
                (one, i) -> {
                    DeliveryName name = request.getDeliveries(i);
                    one.queue.extend(
                            one.receiver,
                            name.getOffset(),
                            name.getDeliveryId(),
                            request.getLeaseMs(),
                            answer,
                            i);
                });
    }

    private SettleAnswer answer(long correlationId, int count, IntFunction<DeliveryName> names) {
        SettleAnswer answer =
                new SettleAnswer(
                        correlationId,
                        count,
                        names,
                        context.nowMs() + context.limits().settlePatience().toMillis(),
                        this::answered);
        unanswered.add(answer);
        return answer;
    }

    /** What is done with one delivery, on the loop of its queue. */
    private interface Word {
        void say(Attached one, int index);
    }

    /** Has each queue do its part; the next request is read when all have. */
    private void ask(Map<Attached, List<Integer>> byQueue, Word word) {
        busyQueues += byQueue.size();
        byQueue.forEach(
                (one, indexes) ->
                        one.queue
                                .lane()
                                .run(
                                        () -> {
                                            indexes.forEach(index -> word.say(one, index));
                                            queueDone();
                                        }));
    }

    private synchronized void queueDone() {
        busyQueues--;
        askForNext();
        completeIfDone();
    }

    private synchronized void answered(SettleAnswer answer) {
        if (unanswered.remove(answer) && state != State.ENDED) {
            outlet.send(answer.message());
            askForNext();
            completeIfDone();
        }
    }

    private Attached require(int handle) {
        Attached one = attached.get(handle);
        if (one == null) {
            throw ReceptionStart.invalid(
                    "handle", "handle " + Integer.toUnsignedString(handle) + " is unknown");
        }
        return one;
    }

    private void requireStarted() {
        if (start == null) {
            throw ReceptionStart.invalid("request", "send ReceiveStart first");
        }
    }

    // ---- the rest ----

    private void askForNext() {
        boolean free =
                state == State.STARTED
                        && !asked
                        && busyQueues == 0
                        && unanswered.size() < MAX_UNANSWERED
                        && outlet.isReady();
        if (free) {
            asked = true;
            outlet.requestNext();
        }
    }

    /** Tells the queues that wait for credit. */
    private void feed() {
        if (hungry.isEmpty() || credit() == 0) {
            return;
        }
        Map<Receiver, QueueDriver> fed = new LinkedHashMap<>(hungry);
        hungry.clear();
        fed.forEach((receiver, queue) -> queue.lane().run(() -> queue.refreshCredit(receiver)));
    }

    private void look(long nowMs) {
        if (state == State.OPEN && nowMs >= startDeadlineMs) {
            throw MillraceException.of(
                    ErrorCode.SUBSCRIPTION_STALLED,
                    "no ReceiveStart came within %d s; open the stream when there is something to"
                                    .formatted(START_TIMEOUT.toSeconds())
                            + " receive from");
        }
        if (state == State.STARTING) {
            opening.openMore(() -> state == State.STARTING);
        }
        if (state == State.STARTED || state == State.CLOSING) {
            for (SettleAnswer answer : List.copyOf(unanswered)) {
                if (!answer.isOverdue(nowMs)) {
                    break;
                }
                answer.giveUp();
            }
            beat(nowMs);
        }
    }

    private void beat(long nowMs) {
        if (outlet.isReady()) {
            readyMs = nowMs;
            if (nowMs - heartbeatMs >= context.limits().heartbeatInterval().toMillis()) {
                heartbeatMs = nowMs;
                outlet.send(ReceiveMessages.heartbeat(context.clock().millis()));
            }
        } else if (nowMs - readyMs >= context.limits().stallTimeout().toMillis()) {
            throw MillraceException.of(
                    ErrorCode.SUBSCRIPTION_STALLED,
                    "nothing was taken off the connection for "
                            + context.limits().stallTimeout().toSeconds()
                            + " s; receive again and read faster, or give less credit");
        }
    }

    private void completeIfDone() {
        if (state == State.CLOSING && busyQueues == 0 && unanswered.isEmpty()) {
            release();
            outlet.complete();
        }
    }

    private void release() {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        hungry.clear();
        unanswered.clear();
        for (Attached one : attached.values()) {
            one.queue.lane().run(() -> one.queue.detach(one.receiver, false));
        }
        attached.clear();
    }
}
