package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Crashes, wiped directories, joins, removals, moves, hand-overs, and commands that are lost, late,
 * doubled and out of order: nothing acknowledged is ever at risk, and once the faults end
 * everything is as it should be.
 */
final class PlanSimulationTest {

    private static final int SCHEDULES = Integer.getInteger("schedules", 50);
    private static final int STEPS = 80;
    private static final int SETTLE = 400;
    private static final int STILL = 25;

    /** Until all that were started again are known again. */
    private static final int REGISTER = 10;

    @Test
    void shouldLoseNothingAndConvergeOnceFaultsEnd() {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        int schedules = Long.getLong("seed") == null ? SCHEDULES : 1;
        for (long seed = first; seed < first + schedules; seed++) {
            Random random = new Random(seed);
            ModelCluster cluster = new ModelCluster(random, 1 + random.nextInt(5));
            try {
                run(cluster, random);
            } catch (AssertionError | RuntimeException e) {
                List<String> trace = cluster.trace;
                throw new AssertionError(
                        "fails with -Dseed=%d, at\n%s\nafter\n%s"
                                .formatted(
                                        seed,
                                        cluster.describe(),
                                        String.join(
                                                "\n",
                                                trace.subList(
                                                        Math.max(0, trace.size() - 60),
                                                        trace.size()))),
                        e);
            }
        }
    }

    private static void run(ModelCluster cluster, Random random) {
        for (int i = 0; i < 10; i++) {
            cluster.tick();
        }
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(3) == 0) {
                fault(cluster, random);
            }
            cluster.tick();
        }
        cluster.faulty = false;
        for (ModelBroker broker : cluster.brokers.values()) {
            if (!broker.up) {
                broker.restart();
            }
        }
        settle(cluster);
        returnOf(cluster, random);
        settle(cluster);
    }

    /** A broker dies and comes back, after a moment or after its replicas were replaced. */
    private static void returnOf(ModelCluster cluster, Random random) {
        List<Integer> nodes = new ArrayList<>(cluster.image().brokers().keySet());
        ModelBroker one = cluster.brokers.get(nodes.get(random.nextInt(nodes.size())));
        cluster.faulty = random.nextBoolean();
        one.crash();
        for (int i = random.nextInt(20); i >= 0; i--) {
            cluster.tick();
        }
        one.restart();
        for (int i = random.nextInt(10); i >= 0; i--) {
            cluster.tick();
        }
        cluster.faulty = false;
    }

    /** It comes to be as it should, and then nothing moves any more. */
    private static void settle(ModelCluster cluster) {
        for (int i = 0; i < SETTLE && (i < REGISTER || i % 8 != 0 || !settled(cluster)); i++) {
            cluster.tick();
        }
        checkSettled(cluster);
        long map = cluster.image().version();
        Map<Integer, Long> terms = cluster.terms();
        for (int i = 0; i < STILL; i++) {
            cluster.tick();
        }
        assertThat(cluster.image().version()).as("version of the map, at rest").isEqualTo(map);
        assertThat(cluster.terms()).as("terms, at rest").isEqualTo(terms);
        checkSettled(cluster);
    }

    private static void fault(ModelCluster cluster, Random random) {
        List<ModelBroker> all = new ArrayList<>(cluster.brokers.values());
        ModelBroker one = all.get(random.nextInt(all.size()));
        int shard = random.nextInt(cluster.shards.size());
        int other = 1 + random.nextInt(6);
        switch (random.nextInt(12)) {
            case 0, 1 -> one.crash();
            case 2, 3, 4 -> {
                if (!one.up) {
                    one.restart();
                }
            }
            case 5 -> cluster.wipe(one);
            case 6 -> cluster.brokers.computeIfAbsent(other, ModelBroker::new);
            case 7 -> cluster.ask(new ClusterChange.Add(other));
            case 8 -> cluster.ask(new ClusterChange.Remove(one.node));
            case 9 -> cluster.ask(new ClusterChange.Move(shard, one.node, other));
            case 10 -> cluster.ask(new ClusterChange.Transfer(shard, random.nextInt(2) * other));
            default ->
                    cluster.ask(
                            random.nextBoolean()
                                    ? new ClusterChange.Drain(one.node)
                                    : new ClusterChange.Undrain(one.node));
        }
    }

    private static boolean settled(ModelCluster cluster) {
        try {
            checkSettled(cluster);
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    private static void checkSettled(ModelCluster cluster) {
        ClusterImage image = cluster.image();
        assertThat(image.brokersIn(BrokerState.LEAVING)).as("leaving brokers").isEmpty();
        assertThat(image.brokersIn(BrokerState.FILLING)).as("brokers being filled").isEmpty();
        int members =
                (int) image.brokers().values().stream().filter(b -> b.state().isMember()).count();
        for (ShardImage shard : image.shards().values()) {
            int wanted =
                    shard.isController()
                            ? FormCluster.controllerVoters(members)
                            : Math.min(3, members);
            assertThat(shard.replicas())
                    .as("replicas of shard %d, of %d members", shard.shard(), members)
                    .allMatch(one -> one.state() == ReplicaState.VOTER)
                    .hasSize(wanted);
            assertThat(shard.changing()).as("shard %d", shard.shard()).isEmpty();
            ModelShard model = cluster.shards.get(shard.shard());
            assertThat(model.inForce.learners()).isEmpty();
            assertThat(model.inForce.voters())
                    .containsExactlyInAnyOrderElementsOf(
                            shard.replicas().stream().map(ReplicaImage::member).toList());
            assertThat(model.leads()).as("shard %d has a leader", shard.shard()).isTrue();
            assertThat(shard.replicas()).allMatch(one -> model.isWhole(one.replicaId()));
        }
        checkSpread(cluster, image);
    }

    private static void checkSpread(ModelCluster cluster, ClusterImage image) {
        assertThat(LeaderPlan.relieve(image, cluster.condition(), 9)).isEmpty();
        assertThat(LeaderPlan.spread(image, cluster.condition(), 9)).isEmpty();
        Map<Integer, Integer> leads = new TreeMap<>();
        Map<Integer, List<Integer>> able = new TreeMap<>();
        for (ShardImage shard : image.dataShards()) {
            List<Integer> fit =
                    shard.replicas().stream()
                            .map(ReplicaImage::nodeId)
                            .filter(node -> mayLead(image, node))
                            .toList();
            int leader = cluster.shards.get(shard.shard()).leader.nodeId();
            // All brokers that have it may have been drained: one of them goes on, as was warned.
            if (!fit.isEmpty()) {
                assertThat(fit).as("who may lead shard %d", shard.shard()).contains(leader);
                able.put(shard.shard(), fit);
                leads.merge(leader, 1, Integer::sum);
            }
        }
        assertThat(EvenSpread.isEven(able, leads.values()))
                .as("%s is as even as can be, of %s", leads, able)
                .isTrue();
    }

    private static boolean mayLead(ClusterImage image, int node) {
        return image.brokers().get(node).state().mayLead();
    }
}
