package io.millrace.broker.cluster;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ReplicaReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Who leads what and who lives: from the replicas here, and from the controller's leader, who hears
 * it from all brokers.
 *
 * <p>The highest epoch wins. Within one epoch a broker's word about itself counts most: whether it
 * leads, or does not any more. What a follower believes only counts where nothing else is known.
 * Thread-safe; no method blocks.
 */
public final class Leaders implements LeaderDirectory {

    private final int self;
    private final LocalShards shards;
    private final LocalLeaders local;
    private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<Integer> alive = Set.of();
    private volatile long version;

    /**
     * @param withdrawn whether it is known that nobody leads in this epoch any more
     */
    private record Entry(ShardLeader leader, boolean withdrawn) {

        static final Entry NONE = new Entry(ShardLeader.NONE, false);
    }

    /**
     * @param self this broker's node id
     * @param shards its replicas
     */
    public Leaders(int self, LocalShards shards) {
        this.self = self;
        this.shards = shards;
        this.local = new LocalLeaders(shards);
    }

    /** Calls the listener after every change of leaders or of who lives; it must not block. */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public ShardLeader leader(int shard) {
        Entry known = entries.getOrDefault(shard, Entry.NONE);
        ShardLeader here = local.leader(shard);
        if (isNewer(known, here)) {
            return here;
        }
        boolean me = known.leader().nodeId() == self;
        return me && here.nodeId() != self
                ? new ShardLeader(0, known.leader().epoch())
                : known.leader();
    }

    /** As long as nobody has told who lives, all do. */
    @Override
    public boolean isAlive(int nodeId) {
        Set<Integer> told = alive;
        return nodeId == self || told.isEmpty() || told.contains(nodeId);
    }

    /** Rises with every change of leaders. */
    long version() {
        return version;
    }

    /** What the controller's leader tells other brokers; an unknown leader is left out. */
    List<io.millrace.v1.ShardLeader> told() {
        List<io.millrace.v1.ShardLeader> all = new ArrayList<>();
        entries.forEach(
                (shard, entry) -> {
                    if (entry.leader().isKnown() || entry.withdrawn()) {
                        all.add(
                                io.millrace.v1.ShardLeader.newBuilder()
                                        .setShard(shard)
                                        .setNodeId(entry.leader().nodeId())
                                        .setEpoch(entry.leader().epoch())
                                        .build());
                    }
                });
        return all;
    }

    /**
     * Looks at the replicas here; to be called whenever one of them has another leader, because
     * publishers wait for what it finds. Returns whether anything was new.
     */
    public boolean refresh() {
        boolean changed = false;
        for (Shard shard : shards.all()) {
            ShardStanding standing = shard.standing();
            if (shard.leadingTerm() != 0 && shard.leadingTerm() == standing.term()) {
                changed |= claim(shard.id(), self, standing.term());
            } else {
                boolean taking = standing.role() != ShardStatus.Role.LEADER;
                changed |= taking && withdraw(shard.id(), self, standing.term());
                changed |= believe(shard.id(), taking ? standing.leaderNode() : 0, standing.term());
            }
        }
        return tell(changed);
    }

    /** News of the controller's leader. */
    void hear(List<io.millrace.v1.ShardLeader> news, Set<Integer> living) {
        boolean changed = false;
        for (io.millrace.v1.ShardLeader leader : news) {
            if (leader.getNodeId() == self) {
                continue; // nobody knows that better than this broker
            }
            changed |=
                    leader.getNodeId() == 0
                            ? withdraw(leader.getShard(), leader.getEpoch())
                            : claim(leader.getShard(), leader.getNodeId(), leader.getEpoch());
        }
        tell(changed | live(living));
    }

    /**
     * What a broker reports of itself.
     *
     * @param known the shards there are; others are left aside
     */
    void hear(BrokerReport report, Set<Integer> known) {
        int node = report.getPeer().getNodeId();
        boolean changed = false;
        for (ReplicaReport replica : report.getReplicasList()) {
            if (known.contains(replica.getShard())) {
                changed |=
                        replica.getRole().equals(ShardStatus.Role.LEADER.name())
                                ? claim(replica.getShard(), node, replica.getTerm())
                                : withdraw(replica.getShard(), node, replica.getTerm());
            }
        }
        tell(changed);
    }

    /** These live, as the controller's leader sees it. Returns whether that is new. */
    boolean live(Set<Integer> nodes) {
        boolean changed = !nodes.isEmpty() && !nodes.equals(alive);
        if (changed) {
            alive = Set.copyOf(nodes);
        }
        return changed;
    }

    void toldLiving(Set<Integer> nodes) {
        tell(live(nodes));
    }

    private boolean tell(boolean changed) {
        if (changed) {
            listeners.forEach(Runnable::run);
        }
        return changed;
    }

    private boolean claim(int shard, int node, long epoch) {
        return update(
                shard,
                known -> epoch >= known.leader().epoch(),
                new Entry(new ShardLeader(node, epoch), false));
    }

    private boolean withdraw(int shard, long epoch) {
        return update(
                shard,
                known -> epoch >= known.leader().epoch(),
                new Entry(new ShardLeader(0, epoch), true));
    }

    /** Only if it was this node that led. */
    private boolean withdraw(int shard, int node, long epoch) {
        return update(
                shard,
                known -> known.leader().nodeId() == node && epoch >= known.leader().epoch(),
                new Entry(new ShardLeader(0, epoch), true));
    }

    private boolean believe(int shard, int node, long epoch) {
        Entry belief = new Entry(new ShardLeader(node, epoch), false);
        return update(shard, known -> isNewer(known, belief.leader()), belief);
    }

    private static boolean isNewer(Entry known, ShardLeader belief) {
        return belief.epoch() > known.leader().epoch()
                || belief.epoch() == known.leader().epoch()
                        && belief.isKnown()
                        && !known.leader().isKnown()
                        && !known.withdrawn();
    }

    private synchronized boolean update(int shard, Predicate<Entry> accepted, Entry next) {
        Entry known = entries.getOrDefault(shard, Entry.NONE);
        if (next.equals(known) || !accepted.test(known)) {
            return false;
        }
        entries.put(shard, next);
        version++;
        return true;
    }
}
