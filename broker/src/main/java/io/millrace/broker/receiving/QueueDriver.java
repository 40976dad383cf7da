package io.millrace.broker.receiving;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.filter.FilterSyntaxException;
import io.millrace.broker.filter.RecordFilter;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.queue.DeliveryFate;
import io.millrace.broker.queue.DeliveryIds;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueChange;
import io.millrace.broker.queue.QueueDispatcher;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueSettings;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.queue.RecordDelivery;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the dispatcher of one queue for one term: brings it records and time, and takes away what
 * it decides. Confined to the loop of its shard, but for {@link #statistics} and {@link #lane}.
 */
final class QueueDriver {

    private static final Logger LOG = LoggerFactory.getLogger(QueueDriver.class);

    /** So that other queues of the shard have their turns. */
    private static final int RECORDS_PER_TURN = 256;

    private final QueueSource source;
    private final QueueContext context;
    private final QueueLane lane;
    private final PartitionLog log;
    private final QueueDispatcher dispatcher;
    private final HeldBatches held;
    private final GiveUps giveUps;
    private final RecordFeed feed;
    private final SettleWords words = new SettleWords();
    private final Map<String, Receiver> receivers = new HashMap<>();
    private final AtomicBoolean appended = new AtomicBoolean();
    private final Runnable appendListener = this::onAppend;

    private GroupImage group;
    private QueueSettings settings;

    /** Handed out, and its batch is being read. */
    private RecordDelivery awaited;

    /** Who has paid for it. */
    private Receiver awaitedBy;

    private long expiredTold;
    private long tickMs;
    private boolean breakerOpen;
    private boolean copiesFail;
    private boolean closed;
    private boolean marked;
    private volatile QueueStatistics statistics;

    /**
     * @param progress the state after every entry of former terms
     * @param lane the way onto the loop
     */
    QueueDriver(
            QueueSource source,
            QueueProgress progress,
            DeliveryIds ids,
            QueueContext context,
            TurnLoop loop,
            Function<QueueDriver, QueueLane> lane) {
        this.source = source;
        this.context = context;
        this.lane = lane.apply(this);
        this.log = source.partition().log();
        this.group = source.group();
        GroupConfig config = GroupConfig.of(group.overrides());
        this.settings = settingsOf(config);
        this.dispatcher =
                new QueueDispatcher(
                        source.key(),
                        progress,
                        settings,
                        ids,
                        context.nowMs(),
                        context.clock().millis());
        this.held = context.heldBatches();
        this.giveUps = new GiveUps(source, context, dispatcher, held, this.lane);
        this.feed =
                new RecordFeed(
                        source,
                        context,
                        dispatcher,
                        held,
                        giveUps,
                        filterOf(config),
                        loop,
                        this.lane);
        this.statistics = dispatcher.statistics();
        this.tickMs = context.nowMs();
    }

    QueueSource source() {
        return source;
    }

    GroupImage group() {
        return group;
    }

    /** The way onto the loop. Any thread. */
    QueueLane lane() {
        return lane;
    }

    /** How it stood after its last turn. Any thread. */
    QueueStatistics statistics() {
        return statistics;
    }

    boolean isClosed() {
        return closed;
    }

    /** Marks it as one to be looked after; false if it was marked. */
    boolean mark() {
        boolean isNew = !marked;
        marked = true;
        return isNew;
    }

    void unmark() {
        marked = false;
    }

    // ---- members ----

    /** A member receives from now on; whoever did under its name does not any more. */
    void attach(Receiver receiver) {
        Receiver former = receivers.get(receiver.memberId());
        if (former != null && isOlder(receiver, former)) {
            receiver.session().end(fenced(receiver));
            return;
        }
        if (former == null && receivers.size() >= QueueDispatcher.MAX_MEMBERS) {
            receiver.session().end(full());
            return;
        }
        if (receivers.isEmpty()) {
            log.addAppendListener(appendListener);
        }
        receivers.put(receiver.memberId(), receiver);
        if (former != null && former.session() != receiver.session()) {
            former.session().end(fenced(former));
        }
        dispatcher.join(receiver.memberId(), receiver.leaseMs());
        refreshCredit(receiver);
    }

    /**
     * A stream is over.
     *
     * @param givesBack whether what it has is delivered again at once
     */
    void detach(Receiver receiver, boolean givesBack) {
        if (!receivers.remove(receiver.memberId(), receiver)) {
            return; // another one has taken its place
        }
        dispatcher.leave(receiver.memberId(), givesBack);
        if (receivers.isEmpty()) {
            rest();
        }
    }

    /** A stream can take more than before, or less. */
    void refreshCredit(Receiver receiver) {
        if (receivers.get(receiver.memberId()) != receiver) {
            return;
        }
        int credit = receiver.session().credit();
        dispatcher.credit(receiver.memberId(), credit);
        if (credit == 0) {
            receiver.session().awaitCredit(receiver, this);
        }
    }

    /** A member says what became of a delivery. */
    void settle(
            Receiver receiver,
            long offset,
            long deliveryId,
            DeliveryFate fate,
            SettleAnswer answer,
            int index) {
        long token = words.add(answer, index);
        switch (dispatcher.settle(receiver.memberId(), offset, deliveryId, fate, token)) {
            case EXPIRED -> words.expired(token);
            case DONE -> words.done(token);
            case PENDING -> count(fate);
        }
    }

    /** A member keeps a delivery for longer. */
    void extend(
            Receiver receiver,
            long offset,
            long deliveryId,
            long leaseMs,
            SettleAnswer answer,
            int index) {
        if (dispatcher.extend(receiver.memberId(), offset, deliveryId, leaseMs)) {
            answer.done(index);
        } else {
            answer.expired(index);
        }
    }

    // ---- what is made durable ----

    /** What is to be made durable next; null if nothing. */
    QueueChange drain() {
        return closed ? null : dispatcher.drain();
    }

    void confirmed(long changeId) {
        dispatcher.confirmed(changeId).forEach(words::done);
    }

    void notApplied(long changeId) {
        dispatcher.notApplied(changeId);
    }

    // ---- control ----

    /** Time passes. True if there is something to do. */
    boolean tick() {
        long nowMs = context.nowMs();
        boolean crowded = source.shard().view().isCrowded(source.key());
        boolean due =
                nowMs - tickMs >= dispatcher.millisToNextEvent()
                        || crowded != statistics.crowded()
                        || feed.isDue();
        tickMs = nowMs;
        boolean moved = dispatcher.tick(nowMs, context.clock().millis());
        dispatcher.crowded(crowded);
        held.fit(nowMs);
        return due || moved;
    }

    /** The group may have other settings. */
    void configure(GroupImage now) {
        if (now.overrides().equals(group.overrides())) {
            return;
        }
        group = now;
        GroupConfig config = GroupConfig.of(now.overrides());
        feed.filter(filterOf(config));
        settings = settingsOf(config);
        dispatcher.configure(settings);
    }

    void resume() {
        dispatcher.resume();
    }

    /** Which records are just being given up. */
    OffsetSet givingUp(OffsetSet offsets) {
        return dispatcher.givingUp(offsets);
    }

    /**
     * Some of these records may have been made undone. It is known of every settlement what came of
     * it, and none is under way.
     */
    void redriven(OffsetSet offsets) {
        QueueProgress progress = source.shard().view().queue(source.key());
        if (progress != null) {
            dispatcher.redriven(progress.undone(offsets));
            feed.wantedAgain();
        }
    }

    /** The queue is over here, or gone: all streams end. */
    void close(MillraceException reason) {
        closed = true;
        List.copyOf(receivers.values()).forEach(receiver -> receiver.session().end(reason));
        receivers.clear();
        rest();
    }

    /** Does what there is to do, up to a bound. True if there is more. */
    boolean drive() {
        if (closed) {
            return false;
        }
        appended.set(false);
        feed.skipTrimmed();
        giveUps.begin(group);
        feed.offer();
        boolean more = handOut();
        feed.read(awaited == null ? -1 : awaited.offset(), this::onRead);
        held.fit(context.nowMs());
        observe();
        return more;
    }

    // ---- deliveries ----

    private void onAppend() {
        if (appended.compareAndSet(false, true)) {
            lane.run(() -> {});
        }
    }

    /** A read is over: what was handed out can be sent now, or goes back. */
    private void onRead(Throwable failure) {
        MillraceException reason = failure == null ? null : ReadFailures.reason(failure, source);
        if (reason != null) {
            List.copyOf(receivers.values()).forEach(receiver -> receiver.session().end(reason));
        }
        if (awaited != null) {
            RecordDelivery delivery = awaited;
            awaited = null;
            serve(delivery);
        }
    }

    /** Hands records out, up to a bound. True if there are more. */
    private boolean handOut() {
        Outgoing outgoing = new Outgoing(held, context.nowMs());
        int taken = 0;
        while (taken < RECORDS_PER_TURN && awaited == null && !feed.isHeldBack()) {
            List<RecordDelivery> next = dispatcher.dispatch(1);
            if (next.isEmpty()) {
                break;
            }
            taken++;
            hand(next.get(0), outgoing);
        }
        send(outgoing);
        return taken == RECORDS_PER_TURN;
    }

    private void hand(RecordDelivery delivery, Outgoing outgoing) {
        Receiver receiver = receivers.get(delivery.memberId());
        if (!receiver.session().spend(1, outgoing.bytesOf(delivery))) {
            giveBack(delivery);
        } else if (!outgoing.add(receiver, delivery)) {
            awaited = delivery;
            awaitedBy = receiver;
        }
        refreshCredit(receiver);
    }

    /**
     * Its batch has been read, or could not be. The lease begins now, if it is not over already.
     */
    private void serve(RecordDelivery delivery) {
        Receiver receiver = awaitedBy;
        if (receivers.get(delivery.memberId()) != receiver) {
            giveBack(delivery);
            return;
        }
        long leaseMs = receiver.leaseMs() == 0 ? settings.leaseMs() : receiver.leaseMs();
        boolean valid =
                dispatcher.extend(
                        delivery.memberId(), delivery.offset(), delivery.deliveryId(), leaseMs);
        Outgoing outgoing = new Outgoing(held, context.nowMs());
        if (valid && outgoing.add(receiver, delivery)) {
            receiver.session().spend(0, outgoing.bytesOf(delivery)); // not known before
            send(outgoing);
            refreshCredit(receiver);
            return;
        }
        giveBack(delivery);
        receiver.session().spend(-1, 0);
        refreshCredit(receiver);
    }

    /** As if it had not been handed out: it goes to another, or is gone. */
    private void giveBack(RecordDelivery delivery) {
        dispatcher.settle(
                delivery.memberId(),
                delivery.offset(),
                delivery.deliveryId(),
                new DeliveryFate.Return(),
                0);
    }

    private void send(Outgoing outgoing) {
        int sent = outgoing.send(dispatcher.statistics().nextOffset());
        if (sent > 0) {
            context.listener().delivered(group.name(), sent);
        }
    }

    // ---- the rest ----

    /** Nobody receives: holds nothing but its place. */
    private void rest() {
        log.removeAppendListener(appendListener);
        feed.rest();
    }

    private void count(DeliveryFate fate) {
        if (fate instanceof DeliveryFate.Ack) {
            context.listener().acked(group.name(), 1);
        } else if (fate instanceof DeliveryFate.Nack) {
            context.listener().nacked(group.name(), 1);
        }
    }

    private void observe() {
        QueueStatistics now = dispatcher.statistics();
        statistics = now;
        if (now.expired() > expiredTold) {
            context.listener().expired(group.name(), now.expired() - expiredTold);
            expiredTold = now.expired();
        }
        if (now.notCopied() > 0 != copiesFail) {
            copiesFail = now.notCopied() > 0;
            if (copiesFail) {
                LOG.warn(
                        "a record that is given up cannot be copied to the dead letters and keeps its"
                                + " key waiting, it is tried again at least each {} ms and when the"
                                + " group is resumed group={} partition={} offset={}: {}",
                        GiveUps.LONGEST_RETRY_MS,
                        group.name(),
                        source.name(),
                        now.notCopiedOffset(),
                        now.notCopiedReason());
            } else {
                LOG.info(
                        "all that was given up is copied again group={} partition={}",
                        group.name(),
                        source.name());
            }
        }
        if (now.breakerOpen() != breakerOpen) {
            breakerOpen = now.breakerOpen();
            if (breakerOpen) {
                LOG.warn(
                        "too many records are given up, nothing more is delivered until the group is"
                                + " resumed group={} partition={} held-back={}",
                        group.name(),
                        source.name(),
                        now.givenUp());
            } else {
                LOG.info("resumed group={} partition={}", group.name(), source.name());
            }
        }
    }

    private static boolean isOlder(Receiver one, Receiver other) {
        return Long.compareUnsigned(one.memberEpoch(), other.memberEpoch()) < 0;
    }

    private MillraceException fenced(Receiver receiver) {
        return MillraceException.of(
                        ErrorCode.MEMBER_FENCED,
                        "another stream of member %s receives from %s; a member has one stream, in"
                                        .formatted(receiver.memberId(), source.name())
                                + " the epoch in which it attends")
                .with("member_id", receiver.memberId());
    }

    private MillraceException full() {
        return MillraceException.of(
                ErrorCode.GROUP_FULL,
                "%,d members of group \"%s\" receive from %s, which is the most"
                        .formatted(QueueDispatcher.MAX_MEMBERS, group.name(), source.name()));
    }

    private static QueueSettings settingsOf(GroupConfig config) {
        return new QueueSettings(
                config.queueWindow(),
                config.deliveryLeaseMs(),
                config.maxDeliveries(),
                config.breakerPercent());
    }

    private static RecordFilter filterOf(GroupConfig config) {
        try {
            return config.filter().isEmpty() ? null : RecordFilter.parse(config.filter());
        } catch (FilterSyntaxException e) {
            throw new IllegalStateException("a filter that was checked when it was set", e);
        }
    }
}
