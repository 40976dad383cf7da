package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.cluster.FoundingDecision.Found;
import io.millrace.broker.cluster.FoundingDecision.Join;
import io.millrace.v1.GreetResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Brokers that greet each other while messages get lost and late, and brokers crash and lose their
 * disks. No cluster may be founded while a seed remembers one, be it up or down.
 */
final class FoundingSimulationTest {

    private static final int RUNS = 2_000;
    private static final int STEPS = 150;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldFoundOneClusterAndNeverAnotherAsLongAsASeedRemembersIt(long seed) {
        for (long run = 0; run < RUNS; run++) {
            World world = new World(seed * 1_000_003 + run, true);
            world.run(world::checkOneCluster);
            world.recover();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void shouldFoundAnotherClusterOnlyWhenAllSeedsHaveForgotten(long seed) {
        for (long run = 0; run < RUNS; run++) {
            new World(seed * 1_000_003 + run, false).run(() -> {});
        }
    }

    private static final class World {

        private final long seed;
        private final Random random;
        private final List<Node> nodes = new ArrayList<>();
        private final boolean remembering;
        private final int calm;
        private int clusters;
        private int directories;

        /**
         * @param remembering whether one seed at least keeps the cluster in mind, once there is one
         */
        World(long seed, boolean remembering) {
            this.seed = seed;
            this.remembering = remembering;
            this.random = new Random(seed);
            this.calm = 8 + random.nextInt(20);
            int seeds = 1 + random.nextInt(5);
            List<String> list =
                    IntStream.rangeClosed(1, seeds).mapToObj(Greetings::addressOf).toList();
            int brokers = seeds + random.nextInt(2); // one more that is no seed, perhaps
            for (int node = 1; node <= brokers; node++) {
                nodes.add(new Node(node, list));
            }
        }

        void run(Runnable check) {
            for (int step = 0; step < STEPS; step++) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                switch (random.nextInt(calm)) {
                    case 0 -> node.crash();
                    case 1 -> {
                        node.crash();
                        if (!remembering || clusters == 0 || rememberedWithout(node)) {
                            node.wipe();
                        }
                    }
                    case 2, 3, 4 -> node.start();
                    default -> node.step(random.nextInt(4) == 0);
                }
                check.run();
            }
        }

        /** All are up and reach each other: all end in the cluster. */
        void recover() {
            for (int round = 0; round < 20; round++) {
                nodes.forEach(Node::start);
                nodes.forEach(node -> IntStream.range(0, 10).forEach(i -> node.step(false)));
                checkOneCluster();
            }
            assertThat(nodes).as("seed %d", seed).noneMatch(node -> node.clusterId.isEmpty());
        }

        void checkOneCluster() {
            Set<String> known = new LinkedHashSet<>();
            nodes.stream()
                    .map(node -> node.clusterId)
                    .filter(id -> !id.isEmpty())
                    .forEach(known::add);
            assertThat(known).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
        }

        private boolean rememberedWithout(Node one) {
            return nodes.stream()
                    .anyMatch(node -> node != one && node.isSeed() && !node.clusterId.isEmpty());
        }

        private final class Node {

            private final int id;
            private final List<String> seeds;
            private String directory;
            private String clusterId = ""; // durable
            private Introduction up;
            private FoundingRounds rounds;
            private List<SeedAnswer> round = List.of();
            private int asked;

            Node(int id, List<String> seeds) {
                this.id = id;
                this.seeds = seeds;
                wipe();
            }

            boolean isSeed() {
                return id <= seeds.size();
            }

            void wipe() {
                directory = "directory-" + ++directories;
                clusterId = "";
            }

            void crash() {
                up = null;
            }

            void start() {
                if (up != null) {
                    return;
                }
                up = new Introduction(id, directory, 1, random.nextLong() | 1, seeds, "0.1.0");
                if (!clusterId.isEmpty()) {
                    up.belongsTo(clusterId);
                }
                rounds = new FoundingRounds(up, Greetings.addressOf(id));
                beginRound();
            }

            private void beginRound() {
                round = new ArrayList<>();
                asked = 0;
            }

            /** Greets one more seed; after the last one it decides. */
            void step(boolean lost) {
                if (up == null || !clusterId.isEmpty()) {
                    return;
                }
                if (asked < seeds.size()) {
                    int number = ++asked;
                    Introduction there = nodes.get(number - 1).up;
                    round.add(
                            lost || there == null
                                    ? Greetings.silence(number)
                                    : SeedAnswer.of(
                                            Greetings.addressOf(number),
                                            GreetResponse.newBuilder()
                                                    .setPeer(there.get())
                                                    .build()));
                    return;
                }
                FoundingDecision decision = rounds.next(round);
                beginRound();
                if (decision instanceof Found) {
                    assertThat(nodes)
                            .as("seed %d: founded while a seed remembers a cluster", seed)
                            .noneMatch(node -> node.isSeed() && !node.clusterId.isEmpty());
                    belongTo("cluster-" + ++clusters);
                } else if (decision instanceof Join join) {
                    belongTo(join.clusterId());
                }
            }

            private void belongTo(String cluster) {
                clusterId = cluster;
                up.belongsTo(cluster);
            }
        }
    }
}
