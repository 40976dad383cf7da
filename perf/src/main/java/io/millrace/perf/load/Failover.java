package io.millrace.perf.load;

/**
 * What it took that another broker led.
 *
 * @param from the node id of the leader that was killed, or asked to hand over
 * @param to the node id of the next one
 * @param startSeconds when it was, from the beginning of the measurement
 * @param ackGapMs the longest time without an acknowledgement, milliseconds
 * @param deliveryGapMs the longest time in which the subscriber got nothing, milliseconds
 * @param wholeSeconds after a kill: from the order to start the broker again until all replicas
 *     were whole; null if nobody was killed
 * @param returnAckGapMs the longest time without an acknowledgement meanwhile; null if nobody was
 *     killed
 */
public record Failover(
        int from,
        int to,
        double startSeconds,
        double ackGapMs,
        double deliveryGapMs,
        Double wholeSeconds,
        Double returnAckGapMs) {}
