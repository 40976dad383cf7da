package io.millrace.client.queue;

import io.millrace.client.record.Bounds;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Settlement;
import io.millrace.v1.Settlement.Fate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One delivery as its leader names it. */
final class LeasedDelivery implements Delivery {
    private static final Duration LONGEST_DELAY = Duration.ofHours(24);
    private static final int MAX_REASON = 1_000;

    private final Speaker speaker;
    private final QueueSource source;
    private final DeliveryName name;
    private final int count;
    private final int leaseMs;
    private final AtomicBoolean settled = new AtomicBoolean();
    private ReceivedRecord record;
    private volatile long deadlineNanos;

    /** Says words to leaders. */
    @FunctionalInterface
    interface Speaker {
        /** Takes the word over; never blocks. */
        void say(Word word);
    }

    LeasedDelivery(
            Speaker speaker,
            QueueSource source,
            DeliveryName name,
            int count,
            int leaseMs,
            long deadlineNanos) {
        this.speaker = speaker;
        this.source = source;
        this.name = name;
        this.count = count;
        this.leaseMs = leaseMs;
        this.deadlineNanos = deadlineNanos;
    }

    QueueSource source() {
        return source;
    }

    DeliveryName name() {
        return name;
    }

    /** The batch was read. */
    void setRecord(ReceivedRecord read) {
        record = read;
    }

    /** By when its lease has run out for sure. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** How long it may take unless it is extended. */
    int leaseMs() {
        return leaseMs;
    }

    /** Begins its lease anew. */
    void renew() {
        if (!settled.get()) {
            speaker.say(Word.extend(this, leaseMs));
        }
    }

    /** The leader has heard that it takes longer. */
    void extended(long sentNanos, int leaseMs) {
        deadlineNanos = sentNanos + TimeUnit.MILLISECONDS.toNanos(leaseMs);
    }

    /** It was not begun: another member may have it at once. */
    CompletableFuture<Void> giveBack() {
        return settle(Fate.FATE_RETURN, 0, "");
    }

    @Override
    public ReceivedRecord record() {
        return record;
    }

    @Override
    public int deliveryCount() {
        return count;
    }

    @Override
    public CompletableFuture<Void> ack() {
        return settle(Fate.FATE_ACK, 0, "");
    }

    @Override
    public CompletableFuture<Void> nack(Duration delay, String reason) {
        Bounds.check("delay", delay, Duration.ZERO, LONGEST_DELAY);
        return settle(Fate.FATE_NACK, (int) delay.toMillis(), reason);
    }

    @Override
    public CompletableFuture<Void> reject(String reason) {
        return settle(Fate.FATE_REJECT, 0, reason);
    }

    @Override
    public CompletableFuture<Void> extend(Duration lease) {
        Bounds.check("lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
        if (settled.get()) {
            return CompletableFuture.failedFuture(settledBefore());
        }
        return say(Word.extend(this, (int) lease.toMillis()));
    }

    private CompletableFuture<Void> settle(Fate fate, int delayMs, String reason) {
        Settlement settlement =
                Settlement.newBuilder()
                        .setHandle(name.getHandle())
                        .setOffset(name.getOffset())
                        .setDeliveryId(name.getDeliveryId())
                        .setFate(fate)
                        .setDelayMs(delayMs)
                        .setReason(cut(reason))
                        .build();
        if (!settled.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(settledBefore());
        }
        return say(Word.settle(this, settlement));
    }

    private CompletableFuture<Void> say(Word word) {
        speaker.say(word);
        return word.answer().copy();
    }

    /** Not in the middle of a character. */
    private static String cut(String reason) {
        if (reason == null) {
            return "";
        }
        int end = Math.min(reason.length(), MAX_REASON);
        boolean halved = end < reason.length() && Character.isHighSurrogate(reason.charAt(end - 1));
        return reason.substring(0, halved ? end - 1 : end);
    }

    private MillraceException settledBefore() {
        return MillraceException.of(
                        ErrorCode.DELIVERY_EXPIRED,
                        "the delivery of offset "
                                + name.getOffset()
                                + " of "
                                + source.partition()
                                + " was settled before")
                .with("topic", source.partition().topic())
                .with("partition", source.partition().partition())
                .with("offset", name.getOffset());
    }
}
