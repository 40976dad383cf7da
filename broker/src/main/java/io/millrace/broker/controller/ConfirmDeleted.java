package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A shard says that it holds partitions of deleted topics no more. Confirming again, or confirming
 * what has no tombstone, changes nothing. Yields how many partitions still wait.
 *
 * @param shard the shard that says so
 * @param partitionIds the partitions
 */
public record ConfirmDeleted(int shard, List<Long> partitionIds)
        implements ControllerCommand<Integer> {

    public ConfirmDeleted {
        partitionIds = List.copyOf(partitionIds);
    }

    @Override
    public CommandKind kind() {
        return CommandKind.CONFIRM_DELETED;
    }

    @Override
    public Transition<Integer> applyTo(ControllerState state) {
        state.requireFormed();
        Set<Long> confirmed = new HashSet<>(partitionIds);
        ClusterImage image = state.image();
        NavigableMap<Long, Tombstone> left = new TreeMap<>();
        for (Tombstone tombstone : image.tombstones().values()) {
            List<PartitionImage> waiting =
                    tombstone.partitions().stream()
                            .filter(
                                    partition ->
                                            partition.shard() != shard
                                                    || !confirmed.contains(partition.partitionId()))
                            .toList();
            if (!waiting.isEmpty()) {
                left.put(
                        tombstone.topicId(),
                        new Tombstone(
                                tombstone.name(),
                                tombstone.topicId(),
                                tombstone.deleteVersion(),
                                waiting));
            }
        }
        int waiting = left.values().stream().mapToInt(dead -> dead.partitions().size()).sum();
        if (left.equals(image.tombstones())) {
            return new Transition<>(state, waiting);
        }
        return new Transition<>(state.withImage(image.withTombstones(left)), waiting);
    }

    @Override
    public void encode(WireWriter out) {
        out.int32(shard);
        out.list(partitionIds, (id, to) -> to.int64(id));
    }

    static ConfirmDeleted decode(WireReader in) throws MalformedException {
        return new ConfirmDeleted(in.int32(), in.list(WireReader::int64));
    }

    @Override
    public void encodeValue(Integer value, WireWriter out) {
        out.int32(value);
    }

    @Override
    public Integer decodeValue(WireReader in) throws MalformedException {
        return in.int32();
    }
}
