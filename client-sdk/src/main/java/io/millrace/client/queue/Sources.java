package io.millrace.client.queue;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicRoute;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.HeldPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The partitions that are received from, and where their leaders are. Guarded by its owner. */
final class Sources {
    private record Place(long topicId, int partition) {}

    private final Cluster cluster;
    private final Map<Place, QueueSource> byPlace = new LinkedHashMap<>();
    private final Map<Integer, QueueSource> byHandle = new HashMap<>();
    private int lastHandle;

    Sources(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Takes the coordinator's word for what to receive from.
     *
     * @return what is new
     */
    List<QueueSource> follow(Collection<HeldPartition> assigned) {
        List<QueueSource> fresh = new ArrayList<>();
        for (HeldPartition held : assigned) {
            AssignedPartition wire = held.getPartition();
            byPlace.computeIfAbsent(
                    place(wire),
                    it -> {
                        QueueSource source =
                                new QueueSource(++lastHandle, wire, held.getFromFirstRecord());
                        byHandle.put(source.handle(), source);
                        fresh.add(source);
                        return source;
                    });
        }
        return fresh;
    }

    /** Forgets what the coordinator does not name any more. */
    List<QueueSource> forgetOthers(Collection<HeldPartition> assigned) {
        Set<Place> named = new HashSet<>();
        assigned.forEach(it -> named.add(place(it.getPartition())));
        List<QueueSource> gone =
                byPlace.values().stream().filter(it -> !named.contains(place(it.wire()))).toList();
        for (QueueSource source : gone) {
            byPlace.remove(place(source.wire()));
            byHandle.remove(source.handle());
        }
        return gone;
    }

    Collection<QueueSource> all() {
        return byPlace.values();
    }

    /** Null: it is not received from any more. */
    QueueSource byHandle(int handle) {
        return byHandle.get(handle);
    }

    boolean has(QueueSource source) {
        return byHandle.get(source.handle()) == source;
    }

    /** The address of its leader; empty: nobody is known. */
    String leader(QueueSource source) {
        OptionalInt shard = shard(source);
        return shard.isPresent() ? cluster.view().leaderAddress(shard.getAsInt()).orElse("") : "";
    }

    /** Whether another broker is known to lead something of a stream. */
    boolean isLedElsewhere(ReceiveStream stream) {
        return stream.sources().stream()
                .map(this::leader)
                .anyMatch(leader -> !leader.isEmpty() && !leader.equals(stream.address()));
    }

    /** The broker has not turned out to lead any of this. */
    void dropHints(ReceiveStream stream) {
        stream.sources().stream()
                .map(this::shard)
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .distinct()
                .forEach(shard -> cluster.dropHint(shard, stream.address()));
    }

    private OptionalInt shard(QueueSource source) {
        int partition = source.partition().partition();
        TopicRoute route = cluster.view().topic(source.partition().topic()).orElse(null);
        return route == null
                        || route.topicId() != source.wire().getTopicId()
                        || route.partitionCount() <= partition
                ? OptionalInt.empty()
                : OptionalInt.of(route.shards().get(partition));
    }

    private static Place place(AssignedPartition wire) {
        return new Place(wire.getTopicId(), wire.getPartition());
    }
}
