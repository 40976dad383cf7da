package io.millrace.tests.cluster;

import io.grpc.StatusRuntimeException;
import io.millrace.tests.history.HistoryWriter;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.ShardStatus;
import io.millrace.v1.TransferLeadership;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Does harm to one broker after the other, chosen by chance, and lets the cluster recover in
 * between. For one thread.
 */
final class Nemesis {

    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final int MIN_HOLD_MS = 1_000;
    private static final int MAX_HOLD_MS = 6_000;
    private static final int REST_MS = 2_000;

    private final TestCluster cluster;
    private final Set<Fault> allowed;
    private final HistoryWriter history;
    private final Random random;
    private final LongSupplier nanoTime;
    private final long start;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private int count;

    Nemesis(
            TestCluster cluster,
            Set<Fault> allowed,
            HistoryWriter history,
            Random random,
            LongSupplier nanoTime) {
        this.cluster = cluster;
        this.allowed = EnumSet.copyOf(allowed);
        this.history = history;
        this.random = random;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Does harm for a time, and ends with a cluster that is whole again. */
    void rage(Duration time) throws IOException, InterruptedException {
        while (nanoTime.getAsLong() - start < time.toNanos()) {
            List<ClusterBroker> brokers = cluster.brokers();
            strike(choose(), brokers.get(random.nextInt(brokers.size())));
            rest(REST_MS);
        }
        cluster.awaitWhole(RECOVERY);
        history.healed();
        say("healed");
    }

    /** How often it did what. */
    Map<Fault, Integer> done() {
        return done;
    }

    private Fault choose() {
        int left = random.nextInt(allowed.stream().mapToInt(Fault::weight).sum());
        for (Fault fault : allowed) {
            left -= fault.weight();
            if (left < 0) {
                return fault;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private void strike(Fault fault, ClusterBroker victim)
            throws IOException, InterruptedException {
        if (fault == Fault.WIPE) {
            // Two copies must be left: with another one still on its way there would be one.
            cluster.awaitWhole(RECOVERY);
        }
        say("%s %s".formatted(fault, victim));
        history.fault(++count);
        done.merge(fault, 1, Integer::sum);
        switch (fault) {
            case KILL -> {
                victim.kill();
                hold();
                victim.start();
            }
            case PAUSE -> {
                victim.pause();
                hold();
                victim.resume();
            }
            case ISOLATE -> {
                cluster.isolate(victim.node());
                hold();
            }
            case MUTE -> {
                others(victim, other -> cluster.links().cut(victim.node(), other));
                hold();
            }
            case DEAFEN -> {
                others(victim, other -> cluster.links().cut(other, victim.node()));
                hold();
            }
            case PART -> {
                cluster.links().part(victim.node(), another(victim));
                hold();
            }
            case RESTART -> {
                victim.stop();
                victim.start();
            }
            case TRANSFER -> transfer(victim);
            case WIPE -> {
                victim.kill();
                victim.wipe();
                victim.start();
            }
        }
        cluster.links().heal();
        cluster.awaitLeaders();
        say("recovered");
    }

    private void transfer(ClusterBroker victim) {
        for (ShardStatus shard : cluster.awaitLeaders().getShardsList()) {
            ShardInfo info = shard.getShard();
            if (info.getLeaderNode() == victim.node()) {
                try {
                    ClusterControl.change(victim.address(), transfer(info.getShard(), 0));
                } catch (StatusRuntimeException e) {
                    say("the transfer was refused: " + e.getStatus());
                }
                return;
            }
        }
    }

    static ChangeClusterRequest transfer(int shard, int toNode) {
        return ChangeClusterRequest.newBuilder()
                .setTransfer(TransferLeadership.newBuilder().setShard(shard).setToNode(toNode))
                .build();
    }

    private int another(ClusterBroker victim) {
        List<Integer> others =
                cluster.brokers().stream()
                        .map(ClusterBroker::node)
                        .filter(node -> node != victim.node())
                        .toList();
        return others.get(random.nextInt(others.size()));
    }

    private void others(ClusterBroker victim, IntConsumer action) {
        cluster.brokers().stream()
                .mapToInt(ClusterBroker::node)
                .filter(node -> node != victim.node())
                .forEach(action);
    }

    private void hold() {
        rest(MIN_HOLD_MS + random.nextInt(MAX_HOLD_MS - MIN_HOLD_MS));
    }

    private void rest(int milliseconds) {
        long end = nanoTime.getAsLong() + milliseconds * 1_000_000L;
        for (long left = end - nanoTime.getAsLong(); left > 0; ) {
            LockSupport.parkNanos(left);
            left = end - nanoTime.getAsLong();
        }
    }

    private void say(String what) {
        System.err.printf("%7.1f s: %s%n", (nanoTime.getAsLong() - start) / 1e9, what);
    }
}
