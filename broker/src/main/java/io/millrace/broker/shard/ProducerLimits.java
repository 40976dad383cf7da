package io.millrace.broker.shard;

import java.util.concurrent.TimeUnit;

/**
 * How much a partition remembers of its producers. The same on all replicas of a shard, since what
 * is forgotten decides what is refused.
 *
 * @param maxProducers producers remembered in one partition; the one idle longest goes first
 * @param idleMs a producer that has stored nothing for this long, by the time stamps of the
 *     partition, is forgotten, in milliseconds
 */
public record ProducerLimits(int maxProducers, long idleMs) {

    /** 1,000 producers, 7 days. */
    public static final ProducerLimits DEFAULT =
            new ProducerLimits(1_000, TimeUnit.DAYS.toMillis(7));

    public ProducerLimits {
        if (maxProducers < 1 || idleMs < 1) {
            throw new IllegalArgumentException(
                    "a partition remembers 1 producer and 1 ms at least, got "
                            + maxProducers
                            + " and "
                            + idleMs);
        }
    }
}
