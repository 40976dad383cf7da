package io.millrace.broker.receiving;

import java.time.Duration;

/**
 * Bounds of receiving.
 *
 * @param heartbeatInterval a sign of life goes out at least this often
 * @param stallTimeout a receiver that has taken nothing off the connection for this long is cut
 * @param startPatience how long a stream waits for its group to be known here, and its partitions
 *     to be led
 * @param settlePatience a settlement that is not durable after so long is answered as unknown
 * @param maxPartitions how many partitions one stream may receive from
 * @param readBytes how much is read from a partition in one go
 * @param heldBytes batches that all queues of the broker hold in memory between their turns
 */
public record ReceiveLimits(
        Duration heartbeatInterval,
        Duration stallTimeout,
        Duration startPatience,
        Duration settlePatience,
        int maxPartitions,
        int readBytes,
        long heldBytes) {

    /** What the broker uses. */
    public static final ReceiveLimits DEFAULT =
            new ReceiveLimits(
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    2_000,
                    256 << 10,
                    64L << 20);
}
