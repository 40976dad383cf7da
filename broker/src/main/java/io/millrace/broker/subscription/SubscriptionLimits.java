package io.millrace.broker.subscription;

import java.time.Duration;

/**
 * Bounds of one subscription.
 *
 * @param heartbeatInterval a heartbeat goes out at least this often
 * @param stallTimeout a subscriber that has taken nothing off the connection for this long is cut
 * @param readBytes how much is read from a partition in one go
 * @param maxPartitions how many partitions one stream may follow
 */
public record SubscriptionLimits(
        Duration heartbeatInterval, Duration stallTimeout, int readBytes, int maxPartitions) {

    /** What the broker uses unless its configuration says otherwise. */
    public static final SubscriptionLimits DEFAULT =
            new SubscriptionLimits(
                    Duration.ofSeconds(3), Duration.ofSeconds(60), 256 * 1024, 2_000);
}
