package io.millrace.broker.pull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Brokers by node id, asked directly; some do not answer, some spoil what they give. */
final class FakeCluster implements PullSource {

    final Map<Integer, FakeReplica> replicas = new TreeMap<>();
    final Set<Integer> silent = new HashSet<>();
    final Map<Integer, UnaryOperator<PulledChunk>> spoilers = new TreeMap<>();
    final List<Integer> asked = new CopyOnWriteArrayList<>();

    List<Integer> othersThan(int node) {
        List<Integer> others = new ArrayList<>(replicas.keySet());
        others.remove(Integer.valueOf(node));
        return others;
    }

    @Override
    public PulledChunk pull(
            int node, int shard, long partitionId, long from, long to, Duration deadline)
            throws IOException {
        asked.add(node);
        if (silent.contains(node)) {
            throw new IOException("broker " + node + " is down");
        }
        PullServer server =
                new PullServer(number -> number == FakeReplica.SHARD ? replicas.get(node) : null);
        PulledChunk chunk = server.read(shard, partitionId, from, to);
        return spoilers.getOrDefault(node, same -> same).apply(chunk);
    }
}
