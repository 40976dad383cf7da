package io.millrace.broker.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether this broker should lead shards: it hands its leaderships over while anything speaks
 * against it, and takes them back after. Thread-safe; does not block.
 */
public final class LeaderFitness {

    private final BooleanSupplier diskFull;
    private final LongSupplier walStalledNanos;
    private final Duration stallLimit;
    private final BooleanSupplier drained;

    /**
     * @param diskFull whether the disk has less free space than the reserve
     * @param walStalledNanos how long the write or force of the write-ahead log that is under way
     *     has taken; 0 if none is
     * @param stallLimit from when on that is too long: about the election timeout
     * @param drained whether the map wants it to lead nothing
     */
    public LeaderFitness(
            BooleanSupplier diskFull,
            LongSupplier walStalledNanos,
            Duration stallLimit,
            BooleanSupplier drained) {
        this.diskFull = diskFull;
        this.walStalledNanos = walStalledNanos;
        this.stallLimit = stallLimit;
        this.drained = drained;
    }

    /** What speaks against it, a sentence each; empty if it may lead. */
    public List<String> reasonsAgainst() {
        List<String> reasons = new ArrayList<>();
        if (diskFull.getAsBoolean()) {
            reasons.add("its disk is full");
        }
        long stalled = walStalledNanos.getAsLong();
        if (stalled > stallLimit.toNanos()) {
            reasons.add(
                    "its write-ahead log has waited for the disk for %d ms"
                            .formatted(Duration.ofNanos(stalled).toMillis()));
        }
        if (drained.getAsBoolean()) {
            reasons.add("it is drained");
        }
        return List.copyOf(reasons);
    }

    /** Whether it may lead. */
    public boolean isFit() {
        return reasonsAgainst().isEmpty();
    }
}
