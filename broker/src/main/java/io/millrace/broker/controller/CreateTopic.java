package io.millrace.broker.controller;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.Map;

/**
 * Creates a topic and places its partitions.
 *
 * @param name its name
 * @param partitionCount partitions, 1 to 10,000; 0: 1
 * @param replicaCount replicas, 1 to 7 and at most the number of brokers; 0: the smaller of 3 and
 *     the number of brokers
 * @param config settings that differ from their defaults, by name, at most 100
 * @param timeMs now, milliseconds since 1970 UTC
 */
public record CreateTopic(
        String name, int partitionCount, int replicaCount, Map<String, String> config, long timeMs)
        implements ControllerCommand<TopicImage> {

    /** The most settings in one command. */
    static final int MAX_SETTINGS = 100;

    private static final int DEFAULT_REPLICAS = 3;
    private static final int MAX_REPLICAS = 7;
    private static final int MAX_TOPICS = 10_000;

    public CreateTopic {
        config = Map.copyOf(config);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.CREATE_TOPIC;
    }

    @Override
    public Transition<TopicImage> applyTo(ControllerState state) {
        state.requireFormed();
        TopicName.check(name);
        ClusterImage image = state.image();
        if (image.topic(name).isPresent()) {
            throw MillraceException.of(
                    ErrorCode.TOPIC_EXISTS,
                    "the topic \"%s\" exists already; take another name or delete it first"
                            .formatted(name));
        }
        if (image.topics().size() + image.tombstones().size() >= MAX_TOPICS) {
            throw MillraceException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "a cluster has at most %,d topics; delete some first".formatted(MAX_TOPICS));
        }
        int replicas = replicas(image);
        int count = partitionCount == 0 ? 1 : partitionCount;
        checkConfig();
        List<PartitionImage> partitions = Placement.place(state, name, List.of(), count, replicas);
        TopicImage topic =
                TopicImage.of(name, state.nextTopicId(), replicas, config, timeMs, partitions);
        ControllerState next =
                new ControllerState(
                        image.withTopic(topic),
                        state.nextTopicId() + 1,
                        state.nextPartitionId() + partitions.size(),
                        state.nextReplicaId(),
                        state.nextProducerId());
        return new Transition<>(next, topic);
    }

    private int replicas(ClusterImage image) {
        int brokers =
                (int) image.brokers().values().stream().filter(b -> b.state().isMember()).count();
        int most = Math.min(MAX_REPLICAS, brokers);
        int replicas = replicaCount == 0 ? Math.min(DEFAULT_REPLICAS, brokers) : replicaCount;
        if (replicas < 1 || replicas > most) {
            throw MillraceException.of(
                    ErrorCode.INVALID_REPLICA_COUNT,
                    "topic \"%s\" cannot have %d replicas: 1 to %d with the %d brokers there are"
                            .formatted(name, replicas, most, brokers));
        }
        return replicas;
    }

    private void checkConfig() {
        try {
            if (config.size() > MAX_SETTINGS) {
                throw new ConfigException("", "at most %d settings".formatted(MAX_SETTINGS));
            }
            TopicConfig.of(config);
        } catch (ConfigException e) {
            throw MillraceException.of(ErrorCode.INVALID_TOPIC_CONFIG, e.getMessage());
        }
    }

    @Override
    public void encode(WireWriter out) {
        out.text(name);
        out.int32(partitionCount);
        out.int32(replicaCount);
        out.textMap(config);
        out.int64(timeMs);
    }

    static CreateTopic decode(WireReader in) throws MalformedException {
        return new CreateTopic(in.text(), in.int32(), in.int32(), in.textMap(), in.int64());
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
