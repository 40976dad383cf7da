package io.millrace.broker.coordinator;

import io.millrace.broker.group.PartitionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Logs that end where the test says; all on one shard. */
final class FakeLogEnds implements LogEnds {

    final Map<Integer, Long> known = new HashMap<>();
    final Map<Integer, Long> ends = new HashMap<>();
    final List<CompletableFuture<Map<Integer, Long>>> waiting = new ArrayList<>();
    RuntimeException failure;
    boolean slow;
    int asked;

    @Override
    public long known(String topic, PartitionKey partition) {
        return known.getOrDefault(partition.partition(), 0L);
    }

    @Override
    public int shard(String topic, PartitionKey partition) {
        return 1;
    }

    @Override
    public CompletableFuture<Map<Integer, Long>> ask(String topic, Collection<Integer> partitions) {
        asked++;
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (slow) {
            CompletableFuture<Map<Integer, Long>> later = new CompletableFuture<>();
            waiting.add(later);
            return later;
        }
        return CompletableFuture.completedFuture(found(partitions));
    }

    /** All who wait have their answers. */
    void answer() {
        List<CompletableFuture<Map<Integer, Long>>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.complete(found(ends.keySet())));
    }

    private Map<Integer, Long> found(Collection<Integer> partitions) {
        Map<Integer, Long> found = new HashMap<>();
        partitions.forEach(one -> found.put(one, ends.getOrDefault(one, 0L)));
        return found;
    }
}
