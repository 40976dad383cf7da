package io.millrace.client.subscribe;

import io.millrace.client.choice.Balancer;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.read.ReadFrom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses the brokers that cursors are read from. Guarded by its owner's lock. */
final class Sources {
    /**
     * What is to be read from one broker.
     *
     * @param choices one for each cursor
     */
    record Share(String address, List<Cursor> cursors, List<Balancer.Call> choices) {
        private Share(String address) {
            this(address, new ArrayList<>(), new ArrayList<>());
        }
    }

    private final Cluster cluster;
    private final ReadFrom readFrom;
    private final Balancer replicas;

    Sources(Cluster cluster, ReadFrom readFrom) {
        this.cluster = cluster;
        this.readFrom = readFrom;
        this.replicas = cluster.newBalancer();
    }

    /** Shares out cursors; those of which nobody knows where to read them are left out. */
    Collection<Share> share(Collection<Cursor> cursors) {
        Map<String, Share> shares = new LinkedHashMap<>();
        for (Cursor cursor : cursors) {
            String address = source(cursor);
            if (!address.isEmpty()) {
                Share share = shares.computeIfAbsent(address, Share::new);
                share.cursors().add(cursor);
                // Begun now, so that the next choice sees it.
                share.choices().add(replicas.begin(address));
            }
        }
        return shares.values();
    }

    /**
     * Shares out anew what a stream reads.
     *
     * @return empty if the stream is to stay as it is
     */
    Collection<Share> shareAnew(SubscribeStream stream) {
        stream.choices().forEach(Balancer.Call::ended);
        stream.choices().clear();
        Collection<Share> shares = share(stream.cursors());
        Set<String> addresses = shares.stream().map(Share::address).collect(Collectors.toSet());
        if (!addresses.isEmpty() && !addresses.equals(Set.of(stream.address()))) {
            return shares;
        }
        shares.forEach(share -> share.choices().forEach(Balancer.Call::ended));
        stream.cursors().forEach(it -> stream.choices().add(replicas.goOn(stream.address())));
        return List.of();
    }

    /** Whether another broker is known to lead something that a stream reads. */
    boolean isLedElsewhere(SubscribeStream stream) {
        return stream.cursors().stream().anyMatch(cursor -> isLedElsewhere(cursor, stream));
    }

    private boolean isLedElsewhere(Cursor cursor, SubscribeStream stream) {
        String leader = cluster.view().leaderAddress(cursor.shard()).orElse(stream.address());
        return !leader.equals(stream.address()) && !cursor.notAvoided(List.of(leader)).isEmpty();
    }

    /** The brokers that could be read from, but for what each has of the logs. */
    Set<String> available(Collection<Cursor> cursors) {
        Set<String> addresses = new LinkedHashSet<>();
        cursors.stream()
                .map(Cursor::shard)
                .distinct()
                .forEach(shard -> addresses.addAll(cluster.view().replicaAddresses(shard)));
        return replicas.available(addresses);
    }

    /** Where to read what a cursor wants; empty: nobody is known. */
    private String source(Cursor cursor) {
        String redirect = cursor.takeRedirect();
        if (redirect != null) {
            return redirect;
        }
        String leader = cluster.view().leaderAddress(cursor.shard()).orElse("");
        List<String> all = cluster.view().replicaAddresses(cursor.shard());
        List<String> others = cursor.notAvoided(all);
        if (others.isEmpty()) {
            cursor.avoidNobody();
            others = all;
        }
        boolean leaderIsGood = others.isEmpty() || others.contains(leader) || !all.contains(leader);
        if (readFrom == ReadFrom.LEADER && leaderIsGood || others.isEmpty()) {
            return leader;
        }
        return replicas.choose(others);
    }
}
