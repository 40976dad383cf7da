package io.millrace.broker.command.demo;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What came of a demo, computed from what came back.
 *
 * @param events lines of the input
 * @param published events whose acknowledgement came
 * @param unacknowledged events that were sent and never acknowledged
 * @param delivered different events that the group was given
 * @param lost events acknowledged and not delivered
 * @param doubled records beyond the first that hold the same event
 * @param again deliveries of a record that had been delivered, before it was committed
 * @param outOfOrder deliveries behind a later event of the same key to the same member
 * @param changed deliveries whose key or value is not what was sent
 * @param keys different keys delivered
 * @param kills how often the broker was killed
 * @param inFlightAtKills sends that waited for their answer at those moments
 * @param heldByDead partitions of the member that was killed
 * @param heldByOther partitions of the other one at that moment
 * @param takenOver how many of the dead one's partitions the other one was given records of
 * @param handOverSeconds from the kill to the last of those
 * @param seconds from the first send to the last delivery
 */
record DemoSummary(
        @JsonProperty("events") int events,
        @JsonProperty("published") int published,
        @JsonProperty("unacknowledged") int unacknowledged,
        @JsonProperty("delivered") int delivered,
        @JsonProperty("lost") int lost,
        @JsonProperty("doubled") int doubled,
        @JsonProperty("delivered_again") int again,
        @JsonProperty("out_of_order") int outOfOrder,
        @JsonProperty("changed") int changed,
        @JsonProperty("keys") int keys,
        @JsonProperty("kills") int kills,
        @JsonProperty("in_flight_at_kills") int inFlightAtKills,
        @JsonProperty("partitions_of_dead_member") int heldByDead,
        @JsonProperty("partitions_of_other_member") int heldByOther,
        @JsonProperty("partitions_taken_over") int takenOver,
        @JsonProperty("hand_over_seconds") double handOverSeconds,
        @JsonProperty("seconds") double seconds) {

    /** Whether the broker kept its promise, and everything was published. */
    boolean good() {
        return lost == 0
                && doubled == 0
                && outOfOrder == 0
                && changed == 0
                && unacknowledged == 0
                && published == events
                && delivered >= published;
    }

    String text() {
        return """

               published and acknowledged  %,8d   of %,d
               delivered to the group      %,8d
               lost                        %,8d
               stored twice                %,8d
               delivered again             %,8d
               out of order per key        %,8d   (%d keys)
               came back changed           %,8d
               broker killed with SIGKILL  %,8d   times, %,d sends in flight
               member killed with SIGKILL         1   %s
               took                        %8.1f   s

               %s
               """
                .formatted(
                        published,
                        events,
                        delivered,
                        lost,
                        doubled,
                        again,
                        outOfOrder,
                        keys,
                        changed,
                        kills,
                        inFlightAtKills,
                        handOver(),
                        seconds,
                        verdict());
    }

    private String handOver() {
        return "%d of %d partitions, handed over in %.1f s"
                .formatted(heldByDead, heldByDead + heldByOther, handOverSeconds);
    }

    private String verdict() {
        if (!good()) {
            return "THE PROMISE WAS BROKEN: see the numbers above.";
        }
        return again == 0
                ? "Every acknowledged event came back, once, in order."
                : "Every acknowledged event came back in order, %,d twice: not yet committed."
                        .formatted(again);
    }
}
