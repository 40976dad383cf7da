package io.millrace.tests.history;

/** What groups did with one partition, whatever their mode, and when. */
final class Deliveries {

    private final int partition;
    private final Findings findings;
    private final Sends sends;
    private final DeliveryGaps gaps;
    private final long healed;
    private final long stallNanos;
    private final GroupRun group;
    private final QueueRun queue;
    private long count;

    Deliveries(
            int partition,
            Findings findings,
            Sends sends,
            DeliveryGaps gaps,
            long healed,
            long stallNanos) {
        this.partition = partition;
        this.findings = findings;
        this.sends = sends;
        this.gaps = gaps;
        this.healed = healed;
        this.stallNanos = stallNanos;
        this.group = new GroupRun(partition, findings);
        this.queue = new QueueRun(partition, findings);
    }

    /** How many records members were given. */
    long count() {
        return count;
    }

    void take(Events event) {
        switch (event.kind()) {
            case ASSIGNED, REVOKED, LOST -> {
                gaps.moved(event.time());
                group.take(event);
            }
            case DELIVERED -> {
                count(event, group.wasDelivered(event.offset()), group.firstAssigned());
                group.take(event);
            }
            case RECEIVED -> {
                count(event, queue.wasDelivered(event.offset()), queue.firstTaken());
                queue.take(event);
            }
            case TAKING, DRAINED -> {
                group.take(event);
                queue.take(event);
            }
            case SETTLE_ASKED, SETTLE_OK, SETTLE_FAILED, DEAD_LETTER -> queue.take(event);
            default -> group.take(event);
        }
    }

    private void count(Events event, boolean again, long begun) {
        count++;
        gaps.delivered(event.time());
        int send = sends.find(event.value());
        if (again || send < 0 || begun == Stay.NONE) {
            return;
        }
        long stored = Math.max(sends.invoked[send], sends.answered[send]);
        long waited = event.time() - Math.max(Math.max(healed, begun), stored);
        if (waited > stallNanos) {
            findings.add(
                    Anomaly.DELIVERY_STALLED,
                    partition,
                    event.offset(),
                    event.value(),
                    event.time(),
                    "given %.3f s after it could be",
                    waited / 1e9);
        }
    }

    /** Judges what shows only when all is known. */
    void finish(Places log, long logStart, long time) {
        gaps.end(partition);
        if (group.firstAssigned() != Stay.NONE) {
            group.finish(log, logStart, time);
        }
        if (queue.firstTaken() != Stay.NONE) {
            queue.finish(log, logStart, time);
        }
    }
}
