package io.millrace.broker.groups;

import io.millrace.broker.group.GroupCommand.SeekTarget;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.group.SeekMove;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the offsets that wishes lead to.
 *
 * <p>An offset that somebody names must be there, from the log start to the log end; else nothing
 * is moved, since to go somewhere else in silence is what a group must never do. What is reckoned
 * from another place (a time, a shift, another group) stops at the log's ends.
 *
 * @param bounds the ends of the logs
 * @param times where the wishes' points in time have led to
 * @param committed what the group has committed
 * @param others what other groups have committed, by their names
 */
record SeekPlan(
        Map<PartitionKey, Bounds> bounds,
        Map<PartitionKey, Long> times,
        Map<PartitionKey, Long> committed,
        Map<String, Map<PartitionKey, Long>> others) {

    /**
     * The ends of a log.
     *
     * @param start the first offset held
     * @param end the offset that the next record will get
     */
    record Bounds(long start, long end) {

        long nearest(long offset) {
            return Math.max(start, Math.min(end, offset));
        }
    }

    /**
     * Where to go. Of a whole topic, partitions without what a shift or another group's offset
     * begins from are left as they are.
     *
     * @return one or more
     * @throws MillraceException if a wish cannot be granted; then none is to be
     */
    List<SeekTarget> resolve(Collection<SeekWish> wishes) {
        List<SeekTarget> targets = new ArrayList<>(wishes.size());
        Optional<MillraceException> leftOut = Optional.empty();
        for (SeekWish wish : wishes) {
            OptionalLong offset = offsetOf(wish);
            if (offset.isPresent()) {
                targets.add(new SeekTarget(wish.partition(), offset.getAsLong()));
            } else if (wish.named()) {
                throw nothingToBeginFrom(wish);
            } else {
                leftOut = Optional.of(nothingToBeginFrom(wish));
            }
        }
        if (targets.isEmpty() && leftOut.isPresent()) {
            throw leftOut.get();
        }
        return targets;
    }

    /** Empty: it is reckoned from an offset that is not there. */
    private OptionalLong offsetOf(SeekWish wish) {
        PartitionKey key = wish.partition();
        return switch (wish.target().getTargetCase()) {
            case POSITION -> OptionalLong.of(positionOf(wish));
            case SHIFT -> moved(key, committed.get(key), wish.target().getShift());
            case AS_GROUP ->
                    moved(
                            key,
                            others.getOrDefault(wish.target().getAsGroup(), Map.of()).get(key),
                            0);
            case FORGET -> OptionalLong.of(SeekMove.NOTHING);
            case TARGET_NOT_SET -> throw new IllegalArgumentException("unchecked: " + wish);
        };
    }

    private long positionOf(SeekWish wish) {
        Bounds log = bounds.get(wish.partition());
        return switch (wish.target().getPosition().getPositionCase()) {
            case EARLIEST -> log.start();
            case LATEST -> log.end();
            case OFFSET -> checked(wish, wish.target().getPosition().getOffset(), log);
            case TIMESTAMP_MS -> log.nearest(times.get(wish.partition()));
            case POSITION_NOT_SET -> throw new IllegalArgumentException("unchecked: " + wish);
        };
    }

    private OptionalLong moved(PartitionKey partition, Long from, long shift) {
        if (from == null) {
            return OptionalLong.empty();
        }
        long sum = from + shift;
        boolean overflow = shift > 0 && sum < from;
        return OptionalLong.of(bounds.get(partition).nearest(overflow ? Long.MAX_VALUE : sum));
    }

    private static long checked(SeekWish wish, long offset, Bounds log) {
        if (offset >= log.start() && offset <= log.end()) {
            return offset;
        }
        throw MillraceException.of(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "targets.position.offset is %d, %s goes from %d to %d; name an offset in between, or %s"
                                .formatted(
                                        offset,
                                        wish.name(),
                                        log.start(),
                                        log.end(),
                                        offset < log.start() ? "earliest" : "latest"))
                .with("field", "targets.position.offset")
                .with("log_start_offset", log.start())
                .with("log_end_offset", log.end());
    }

    private static MillraceException nothingToBeginFrom(SeekWish wish) {
        boolean shift = wish.target().hasShift();
        String whose =
                shift ? "the group has" : "group \"%s\" has".formatted(wish.target().getAsGroup());
        return SeekWish.invalid(
                shift ? "targets.shift" : "targets.as_group",
                "%s committed nothing of %s; name an offset, a time, earliest or latest"
                        .formatted(whose, wish.name()));
    }
}
