package io.millrace.broker.receiving;

import io.millrace.broker.queue.QueueStatistics;

/**
 * How a group's queues stand that are led here, for metrics.
 *
 * @param group the group's name
 * @param ready records that could be handed out
 * @param inDelivery records in delivery
 * @param blocked records that wait behind one of their key
 * @param delayed records for later: given back with a delay, or published so
 * @param notCopied records that are given up and cannot be copied to the dead letters
 * @param breakersOpen partitions that have stopped since too much was given up
 */
public record QueueReading(
        String group,
        int ready,
        int inDelivery,
        int blocked,
        int delayed,
        int notCopied,
        int breakersOpen) {

    static QueueReading of(String group, QueueStatistics queue) {
        return new QueueReading(
                group,
                queue.ready(),
                queue.leased(),
                queue.waiting(),
                queue.parked() + queue.deferred(),
                queue.notCopied(),
                queue.breakerOpen() ? 1 : 0);
    }

    QueueReading plus(QueueReading other) {
        return new QueueReading(
                group,
                ready + other.ready,
                inDelivery + other.inDelivery,
                blocked + other.blocked,
                delayed + other.delayed,
                notCopied + other.notCopied,
                breakersOpen + other.breakersOpen);
    }
}
