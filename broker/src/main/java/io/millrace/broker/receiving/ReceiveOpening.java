package io.millrace.broker.receiving;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.GroupImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * Opens the queues of a stream. What this broker does not know yet it may soon, since its map comes
 * a little later than the member: that is tried again until patience ends. Guarded by the session.
 */
final class ReceiveOpening {

    /** Hears of each partition. */
    @FunctionalInterface
    interface Listener {

        /** One of queue and error is null. */
        void opened(
                ReceptionStart.Part part, Receiver receiver, QueueDriver queue, Throwable error);
    }

    private final ReceiveContext context;
    private final ReceptionStart start;
    private final ReceiveSession session;
    private final Listener listener;
    private final long deadlineMs;
    private final Queue<ReceptionStart.Part> unopened = new ArrayDeque<>();
    private long leaseMs;

    ReceiveOpening(
            ReceiveContext context,
            ReceptionStart start,
            ReceiveSession session,
            Listener listener) {
        this.context = context;
        this.start = start;
        this.session = session;
        this.listener = listener;
        this.deadlineMs = context.nowMs() + context.limits().startPatience().toMillis();
        this.unopened.addAll(start.parts());
    }

    /** How long a delivery may take, once something was opened. */
    long leaseMs() {
        return leaseMs;
    }

    /**
     * Opens what is not open and not on its way.
     *
     * @param goOn whether it is still wanted
     * @throws MillraceException if the group is none, or not in time
     */
    void openMore(BooleanSupplier goOn) {
        if (unopened.isEmpty()) {
            return;
        }
        GroupImage group;
        try {
            group = context.queues().group(start.group());
        } catch (MillraceException e) {
            requirePatience(e);
            return;
        }
        leaseMs =
                start.leaseMs() != 0
                        ? start.leaseMs()
                        : GroupConfig.of(group.overrides()).deliveryLeaseMs();
        for (int left = unopened.size(); left > 0 && goOn.getAsBoolean(); left--) {
            ReceptionStart.Part part = unopened.poll();
            Receiver receiver =
                    new Receiver(
                            session,
                            part.handle(),
                            start.memberId(),
                            start.memberEpoch(),
                            start.leaseMs());
            context.queues()
                    .open(group, part, receiver)
                    .whenComplete((queue, error) -> listener.opened(part, receiver, queue, error));
        }
    }

    /**
     * A partition could not be opened: it is tried again.
     *
     * @throws MillraceException if that will not change, or there was time enough
     */
    void failed(ReceptionStart.Part part, Throwable error) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        requirePatience(
                cause instanceof MillraceException failure
                        ? failure
                        : MillraceException.of(
                                ErrorCode.INTERNAL, "the queue cannot be begun: " + cause));
        unopened.add(part);
    }

    private void requirePatience(MillraceException failure) {
        boolean mayPass =
                switch (failure.code()) {
                    case UNKNOWN_GROUP, UNKNOWN_TOPIC, UNKNOWN_PARTITION, LEADER_UNAVAILABLE ->
                            true;
                    default -> false;
                };
        if (!mayPass || context.nowMs() >= deadlineMs) {
            throw failure;
        }
    }
}
