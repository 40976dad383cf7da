package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * Deletes a topic: its name is free at once, its partitions go as soon as their shards hear of it.
 *
 * @param name the topic's name
 * @param topicId the topic's id, so that another topic of the same name is left alone; 0: any
 */
public record DeleteTopic(String name, long topicId) implements ControllerCommand<TopicImage> {

    @Override
    public CommandKind kind() {
        return CommandKind.DELETE_TOPIC;
    }

    @Override
    public Transition<TopicImage> applyTo(ControllerState state) {
        TopicImage topic = state.requireTopic(name);
        if (topicId != 0 && topicId != topic.topicId()) {
            throw MillraceException.of(
                    ErrorCode.TOPIC_RECREATED,
                    "the topic \"%s\" has the id %d, not %d: it was deleted and created again"
                            .formatted(name, topic.topicId(), topicId));
        }
        return new Transition<>(state.withImage(state.image().withoutTopic(topic)), topic);
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.int64(topicId);
    }

    static DeleteTopic decode(WireReader in) throws MalformedException {
        return new DeleteTopic(in.text(), in.int64());
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
