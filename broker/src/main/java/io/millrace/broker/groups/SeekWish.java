package io.millrace.broker.groups;

import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.PartitionKey;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Position.PositionCase;
import io.millrace.v1.SeekTarget;
import io.millrace.v1.SeekTarget.TargetCase;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Where somebody wants a group to go in one partition.
 *
 * @param topic the topic's name
 * @param partition the partition
 * @param named whether the partition was named, rather than the whole topic
 * @param target where to go
 */
record SeekWish(String topic, PartitionKey partition, boolean named, SeekTarget target) {

    /**
     * The wishes that targets stand for, at most one for a partition: of several the last counts.
     *
     * @param topics a topic by its name; fails if there is none
     * @throws MillraceException naming the field that is wrong
     */
    static Collection<SeekWish> of(List<SeekTarget> targets, Function<String, TopicImage> topics) {
        if (targets.isEmpty()) {
            throw invalid("targets", "targets is empty; say what is to be moved, and where to");
        }
        Map<PartitionKey, SeekWish> wishes = new LinkedHashMap<>();
        for (SeekTarget target : targets) {
            check(target);
            TopicImage topic = topics.apply(target.getTopic());
            if (target.hasPartition()) {
                checkNumber(topic, target.getPartition());
                add(wishes, topic, target.getPartition(), target);
            } else {
                for (int number = 0; number < topic.partitions().size(); number++) {
                    add(wishes, topic, number, target);
                }
            }
        }
        return wishes.values();
    }

    /** Whether the ends of the log must be known. */
    boolean needsBounds() {
        return target.getTargetCase() != TargetCase.FORGET;
    }

    /** Whether a point in time must be looked up. */
    boolean needsTime() {
        return target.getTargetCase() == TargetCase.POSITION
                && target.getPosition().getPositionCase() == PositionCase.TIMESTAMP_MS;
    }

    /** As a person would name it. */
    String name() {
        return topic + "/" + partition.partition();
    }

    private static void add(
            Map<PartitionKey, SeekWish> wishes, TopicImage topic, int number, SeekTarget target) {
        PartitionKey key = new PartitionKey(topic.topicId(), number);
        wishes.remove(key);
        wishes.put(key, new SeekWish(topic.name(), key, target.hasPartition(), target));
        if (wishes.size() > GroupLimits.MAX_PARTITIONS) {
            throw invalid(
                    "targets",
                    "targets stand for more than %,d partitions; move fewer at a time"
                            .formatted(GroupLimits.MAX_PARTITIONS));
        }
    }

    private static void check(SeekTarget target) {
        switch (target.getTargetCase()) {
            case POSITION -> checkPosition(target);
            case FORGET -> {
                if (!target.getForget()) {
                    throw invalid(
                            "targets.forget", "targets.forget is false; set it, or another target");
                }
            }
            case SHIFT, AS_GROUP -> {}
            case TARGET_NOT_SET ->
                    throw invalid(
                            "targets",
                            "a target for topic \"%s\" does not say where to; set position, shift, as_group or forget"
                                    .formatted(target.getTopic()));
        }
    }

    private static void checkPosition(SeekTarget target) {
        switch (target.getPosition().getPositionCase()) {
            case OFFSET ->
                    requireNotNegative("targets.position.offset", target.getPosition().getOffset());
            case TIMESTAMP_MS ->
                    requireNotNegative(
                            "targets.position.timestamp_ms", target.getPosition().getTimestampMs());
            case EARLIEST, LATEST -> {}
            case POSITION_NOT_SET ->
                    throw invalid(
                            "targets.position",
                            "targets.position is empty; set earliest, latest, offset or timestamp_ms");
        }
    }

    private static void requireNotNegative(String field, long value) {
        if (value < 0) {
            throw invalid(field, "%s is %d; it must be 0 or more".formatted(field, value));
        }
    }

    private static void checkNumber(TopicImage topic, int number) {
        int count = topic.partitions().size();
        if (number < 0 || number >= count) {
            throw MillraceException.of(
                            ErrorCode.UNKNOWN_PARTITION,
                            "topic \"%s\" has the partitions 0 to %d, not %s"
                                    .formatted(
                                            topic.name(),
                                            count - 1,
                                            Integer.toUnsignedString(number)))
                    .with("field", "targets.partition")
                    .with("partition_count", count);
        }
    }

    static MillraceException invalid(String field, String message) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, message).with("field", field);
    }
}
