package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;

/**
 * Adds partitions to a topic.
 *
 * @param name the topic's name
 * @param partitionCount how many it is to have in all, from the present number to 10,000
 */
public record GrowTopic(String name, int partitionCount) implements ControllerCommand<TopicImage> {

    @Override
    public CommandKind kind() {
        return CommandKind.GROW_TOPIC;
    }

    @Override
    public Transition<TopicImage> applyTo(ControllerState state) {
        TopicImage topic = state.requireTopic(name);
        int present = topic.partitions().size();
        if (partitionCount < present) {
            throw MillraceException.of(
                    ErrorCode.INVALID_PARTITION_COUNT,
                    ("topic \"%s\" has %,d partitions and cannot shrink to %,d; ask for %,d to %,d,"
                                    + " or copy its records to a smaller topic")
                            .formatted(
                                    name,
                                    present,
                                    partitionCount,
                                    present,
                                    Placement.MAX_PARTITIONS));
        }
        if (partitionCount == present) {
            return new Transition<>(state, topic);
        }
        List<PartitionImage> more =
                Placement.place(
                        state, name, topic.partitions(), partitionCount, topic.replicaCount());
        TopicImage grown = topic.withMore(more);
        ControllerState next =
                new ControllerState(
                        state.image().withTopic(grown),
                        state.nextTopicId(),
                        state.nextPartitionId() + more.size(),
                        state.nextReplicaId(),
                        state.nextProducerId());
        return new Transition<>(next, grown);
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.int32(partitionCount);
    }

    static GrowTopic decode(WireReader in) throws MalformedException {
        return new GrowTopic(in.text(), in.int32());
    }

    @Override
    public void encodeValue(TopicImage value, WireWriter out) {
        value.encode(out);
    }

    @Override
    public TopicImage decodeValue(WireReader in) throws MalformedException {
        return TopicImage.decode(in);
    }
}
