package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * All that the controller knows: the cluster map, and counters from which ids are taken that are
 * never used twice. Immutable; every {@link ControllerCommand} makes a new one.
 *
 * @param image the cluster map
 * @param nextTopicId the next id of a topic or group
 * @param nextPartitionId the next partition's id
 * @param nextReplicaId the next replica placement's id
 * @param nextProducerId the next producer's id
 */
record ControllerState(
        ClusterImage image,
        long nextTopicId,
        long nextPartitionId,
        long nextReplicaId,
        long nextProducerId) {

    static final ControllerState EMPTY = new ControllerState(ClusterImage.EMPTY, 1, 1, 1, 1);

    private static final int FORMAT = 2;
    private static final int WITHOUT_GROUPS = 1;

    /** A state to try commands on, where only the map is known: ids follow those in use. */
    static ControllerState guessedFrom(ClusterImage image) {
        long topicId = 0;
        long partitionId = 0;
        for (TopicImage topic : image.topics().values()) {
            topicId = Math.max(topicId, topic.topicId());
            for (PartitionImage partition : topic.partitions()) {
                partitionId = Math.max(partitionId, partition.partitionId());
            }
        }
        for (GroupImage group : image.groups().byName().values()) {
            topicId = Math.max(topicId, group.groupId());
        }
        long replicaId = 0;
        for (ShardImage shard : image.shards().values()) {
            replicaId = Math.max(replicaId, shard.lastReplicaId());
        }
        return new ControllerState(image, topicId + 1, partitionId + 1, replicaId + 1, 1);
    }

    ControllerState withImage(ClusterImage next) {
        return new ControllerState(
                next, nextTopicId, nextPartitionId, nextReplicaId, nextProducerId);
    }

    ControllerState withPlacements(ClusterImage next, long nextReplica) {
        return new ControllerState(next, nextTopicId, nextPartitionId, nextReplica, nextProducerId);
    }

    /** Whether the cluster is there; nothing but forming it makes sense before. */
    void requireFormed() {
        if (!image.formed()) {
            throw MillraceException.of(
                    ErrorCode.NOT_READY, "the cluster has not been formed yet; try again");
        }
    }

    ShardImage requireShard(int number) {
        requireFormed();
        return image.shard(number)
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                        ErrorCode.CHANGE_REFUSED,
                                        "there is no shard %d; look at `millrace cluster shards`"
                                                .formatted(number)));
    }

    BrokerImage requireBroker(int nodeId) {
        requireFormed();
        return image.broker(nodeId)
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                        ErrorCode.CHANGE_REFUSED,
                                        ("there is no broker %d in this cluster; start it with the"
                                                        + " cluster's seeds, and look at `millrace"
                                                        + " cluster brokers`")
                                                .formatted(nodeId)));
    }

    TopicImage requireTopic(String name) {
        requireFormed();
        TopicName.check(name);
        return image.topic(name)
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                                ErrorCode.UNKNOWN_TOPIC,
                                                "there is no topic \"%s\"; create it first"
                                                        .formatted(name))
                                        .with("topic", name));
    }

    GroupImage requireGroup(String name) {
        requireFormed();
        return image.groups().require(name);
    }

    static MillraceException unknownGroup(String name) {
        return MillraceException.of(
                        ErrorCode.UNKNOWN_GROUP,
                        "there is no group \"%s\"; look at `millrace group list`".formatted(name))
                .with("group", name);
    }

    void encode(WireWriter out) {
        out.int8(FORMAT);
        image.encode(out);
        out.int64(nextTopicId);
        out.int64(nextPartitionId);
        out.int64(nextReplicaId);
        out.int64(nextProducerId);
    }

    static ControllerState decode(WireReader in) throws MalformedException {
        int format = in.int8();
        if (format < WITHOUT_GROUPS || format > FORMAT) {
            throw new MalformedException(
                    "the controller's checkpoint has format %d, this version reads %d to %d"
                            .formatted(format, WITHOUT_GROUPS, FORMAT));
        }
        ControllerState state =
                new ControllerState(
                        ClusterImage.decode(in, format > WITHOUT_GROUPS),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64());
        in.end();
        return state;
    }
}
