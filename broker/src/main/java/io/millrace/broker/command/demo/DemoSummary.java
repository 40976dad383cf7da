package io.millrace.broker.command.demo;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What came of a demo, computed from what came back.
 *
 * @param events lines of the input
 * @param published events whose acknowledgement came
 * @param unacknowledged events that were sent and never acknowledged
 * @param delivered different events that the subscriber got
 * @param lost events acknowledged and not delivered
 * @param doubled deliveries of an event that had been delivered
 * @param outOfOrder deliveries behind a later event of the same key
 * @param changed deliveries whose key or value is not what was sent
 * @param keys different keys delivered
 * @param kills how often the broker was killed
 * @param inFlightAtKills sends that waited for their answer at those moments
 * @param seconds from the first send to the last delivery
 */
record DemoSummary(
        @JsonProperty("events") int events,
        @JsonProperty("published") int published,
        @JsonProperty("unacknowledged") int unacknowledged,
        @JsonProperty("delivered") int delivered,
        @JsonProperty("lost") int lost,
        @JsonProperty("doubled") int doubled,
        @JsonProperty("out_of_order") int outOfOrder,
        @JsonProperty("changed") int changed,
        @JsonProperty("keys") int keys,
        @JsonProperty("kills") int kills,
        @JsonProperty("in_flight_at_kills") int inFlightAtKills,
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

               published and acknowledged  %,8d of %,d
               delivered                   %,8d
               lost                        %,8d
               doubled                     %,8d
               out of order per key        %,8d   (%d keys)
               came back changed           %,8d
               broker killed with SIGKILL  %,8d   times, %,d sends in flight
               took                        %8.1f   s

               %s
               """
                .formatted(
                        published,
                        events,
                        delivered,
                        lost,
                        doubled,
                        outOfOrder,
                        keys,
                        changed,
                        kills,
                        inFlightAtKills,
                        seconds,
                        good()
                                ? "Every acknowledged event came back, once, in order."
                                : "THE PROMISE WAS BROKEN: see the numbers above.");
    }
}
