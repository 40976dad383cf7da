package io.millrace.broker.queue;

/** What a member says of a delivery. */
public sealed interface DeliveryFate {

    /** Done: never again. */
    record Ack() implements DeliveryFate {}

    /**
     * Again, later.
     *
     * @param delayMs after so long, 0 to {@link QueueSettings#MAX_DELAY_MS}
     * @param reason why; may be empty
     */
    record Nack(long delayMs, String reason) implements DeliveryFate {

        public Nack {
            QueueSettings.require("delay", delayMs, 0, QueueSettings.MAX_DELAY_MS);
        }
    }

    /**
     * To the dead letters.
     *
     * @param reason why; may be empty
     */
    record Reject(String reason) implements DeliveryFate {}

    /** Not begun: again at once, and this delivery does not count. */
    record Return() implements DeliveryFate {}
}
