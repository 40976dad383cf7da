package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.KafkaCluster;
import io.millrace.perf.compare.cluster.MillraceCluster;
import io.millrace.perf.load.Work;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a comparison does, decided before it begins. Two runs with the same plan can be told
 * together.
 *
 * @param quick whether it is the short form
 * @param heap of each broker
 * @param rounds in this order
 */
record Plan(boolean quick, String heap, List<Round> rounds) {
    /**
     * Three brokers and their client have two cores for Java's compilers, too: a cluster gets
     * faster for two minutes.
     */
    private static final double WARM_UP_SECONDS = 180;

    private static final double QUICK_WARM_UP_SECONDS = 60;

    /** Records a second, at most: what they leave of the processors goes to the compilers. */
    private static final long WARM_UP_RATE = 25_000;

    /** The client is new for each load; the brokers are warm, but not for this load. */
    private static final double REWARM_SECONDS = 20;

    private static final double QUICK_REWARM_SECONDS = 5;

    /** So long after their first records are partitions idle: by then Java has compiled most. */
    private static final double SETTLE_SECONDS = 120;

    private static final double QUICK_SETTLE_SECONDS = 30;

    /** What idle brokers take of the processors is counted in hundredths of a second. */
    private static final double LEAST_IDLE_SECONDS = 20;

    /** How long each load of the quick form is measured. */
    static final double QUICK_SECONDS = 6;

    private static final long QUICK_BACKLOG_BYTES = 512L << 20;
    private static final long FULL_BACKLOG_BYTES = 2L << 30;

    /** Of the values on all brokers together. */
    private static final long QUICK_RECOVERY_BYTES = 768L << 20;

    private static final long FULL_RECOVERY_BYTES = 10L << 30;

    /** Who needs longer until all is as it was has failed. */
    private static final double RECOVERY_SECONDS = 600;

    private static final int QUICK_FAILOVERS = 5;
    private static final int FULL_FAILOVERS = 20;

    /** Faster is nobody on a machine of this class: more than that is not filled. */
    private static final double BYTES_PER_SECOND = 180e6;

    private static final int REPLICAS = 3;
    private static final long SPARE_BYTES = 4L << 30;

    Plan {
        rounds = List.copyOf(rounds);
    }

    /**
     * What to compare.
     *
     * @param quick the short form
     * @param rounds how often each system gets everything
     * @param seconds how long each load is measured
     * @param heap of each broker
     * @param names of the scenarios; none: all
     */
    record Wish(boolean quick, int rounds, double seconds, String heap, Collection<String> names) {}

    /**
     * Decides.
     *
     * @throws IllegalArgumentException naming an unknown scenario and those that there are
     */
    static Plan of(Wish wish) {
        List<List<Scenarios.Entry>> clusters = clusters(chosen(wish));
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < wish.rounds(); i++) {
            // Who comes first alternates, so that a machine that changes favours nobody.
            List<String> systems =
                    i % 2 == 0
                            ? List.of(MillraceCluster.NAME, KafkaCluster.NAME)
                            : List.of(KafkaCluster.NAME, MillraceCluster.NAME);
            for (List<Scenarios.Entry> entries : clusters) {
                for (String system : systems) {
                    rounds.add(round(rounds.size() + 1, system, entries, wish));
                }
            }
        }
        return new Plan(wish.quick(), wish.heap(), rounds);
    }

    /** Free bytes that the disk must have: all replicas of what the longest loads may publish. */
    long diskBytes() {
        double published = 0;
        long held = 0;
        for (Round round : rounds) {
            if (round.warmUp() == null) {
                for (Step step : round.steps()) {
                    held = Math.max(held, step.scenario().diskBytes());
                }
                continue;
            }
            // Files of deleted topics go a minute later, in Kafka.
            double warmUp = bytes(round.warmUp());
            published = Math.max(published, warmUp);
            for (Step step : round.steps()) {
                published = Math.max(published, warmUp + bytes(step));
            }
        }
        return Math.max(held, (long) (published * REPLICAS)) + SPARE_BYTES;
    }

    /** What a step publishes at most. */
    private static double bytes(Step step) {
        Scenario scenario = step.scenario();
        double perSecond =
                scenario.rate() == 0
                        ? BYTES_PER_SECOND
                        : Math.min(BYTES_PER_SECOND, scenario.rate() * scenario.recordBytes());
        return (step.pace().warmUpSeconds() + step.pace().seconds()) * perSecond;
    }

    private static List<Scenarios.Entry> chosen(Wish wish) {
        List<Scenarios.Entry> all =
                new ArrayList<>(
                        wish.quick()
                                ? Scenarios.all(QUICK_BACKLOG_BYTES, QUICK_FAILOVERS)
                                : Scenarios.all(FULL_BACKLOG_BYTES, FULL_FAILOVERS));
        all.addAll(Footprints.all());
        all.addAll(Recoveries.all(wish.quick() ? QUICK_RECOVERY_BYTES : FULL_RECOVERY_BYTES));
        List<String> known = all.stream().map(entry -> entry.scenario().name()).toList();
        for (String name : wish.names()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "workload \"%s\" is unknown; there are: %s"
                                .formatted(name, String.join(", ", known)));
            }
        }
        if (wish.names().isEmpty()) {
            return all.stream()
                    .filter(entry -> !entry.contestants(wish.quick()).isEmpty())
                    .toList();
        }
        return all.stream()
                .filter(entry -> wish.names().contains(entry.scenario().name()))
                // Who names a workload wants it in the quick form, too.
                .map(entry -> new Scenarios.Entry(entry.scenario(), entry.full(), entry.full()))
                .toList();
    }

    /** Which scenarios share a cluster: all but those that must have one for themselves. */
    private static List<List<Scenarios.Entry>> clusters(List<Scenarios.Entry> entries) {
        List<List<Scenarios.Entry>> clusters = new ArrayList<>();
        List<Scenarios.Entry> shared =
                entries.stream().filter(entry -> !entry.scenario().work().isAlone()).toList();
        if (!shared.isEmpty()) {
            clusters.add(shared);
        }
        entries.stream()
                .filter(entry -> entry.scenario().work().isAlone())
                .forEach(entry -> clusters.add(List.of(entry)));
        return clusters;
    }

    private static Round round(
            int number, String system, List<Scenarios.Entry> entries, Wish wish) {
        List<Step> steps = new ArrayList<>();
        for (Scenarios.Entry entry : entries) {
            Set<Contestant> contestants = EnumSet.copyOf(entry.contestants(wish.quick()));
            for (Contestant contestant : contestants) {
                if (contestant.system().equals(system)) {
                    steps.add(new Step(entry.scenario(), contestant, pace(entry.scenario(), wish)));
                }
            }
        }
        return new Round(number, system, warmUp(steps, wish.quick()), steps);
    }

    private static Pace pace(Scenario scenario, Wish wish) {
        if (scenario.work() == Work.IDLE) {
            return new Pace(
                    wish.quick() ? QUICK_SETTLE_SECONDS : SETTLE_SECONDS,
                    Math.max(wish.seconds(), LEAST_IDLE_SECONDS),
                    true);
        }
        if (scenario.work().isRecovery()) {
            return new Pace(0, RECOVERY_SECONDS, true);
        }
        return new Pace(wish.quick() ? QUICK_REWARM_SECONDS : REWARM_SECONDS, wish.seconds(), true);
    }

    /**
     * A load with the most partitions, so that each broker leads some, in the class that gets the
     * most through; null if there must be none.
     */
    private static Step warmUp(List<Step> steps, boolean quick) {
        Scenario scenario =
                steps.stream()
                        .map(Step::scenario)
                        .max(Comparator.comparingInt(Scenario::partitions))
                        .orElseThrow();
        if (scenario.work().isAlone()) {
            return null;
        }
        Contestant fastest =
                steps.stream()
                        .filter(step -> step.scenario().equals(scenario))
                        .map(Step::contestant)
                        .max(Comparator.comparing(Contestant::durability))
                        .orElseThrow();
        double seconds = quick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS;
        return new Step(scenario.warmUp(WARM_UP_RATE), fastest, new Pace(0, seconds, false));
    }
}
