package io.millrace.broker.recovery;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.RecoverCluster;
import io.millrace.broker.controller.RecoverCluster.GivenUp;
import io.millrace.broker.controller.RecoverCluster.Survivor;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.recovery.ShardFate.Verdict;
import io.millrace.raft.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How a broker goes on without others that are gone for good. Decides only.
 *
 * <p>A replica goes on alone where the lost brokers took the majority of its shard with them, and
 * no other replica is left that could know more. Where others are left it must be chosen by name:
 * two brokers that each go on alone would be two clusters.
 *
 * @param clusterId the cluster
 * @param node the broker whose data directory it is
 * @param lost the brokers that are gone for good
 * @param shards what becomes of each shard, by number
 */
public record RecoveryPlan(String clusterId, int node, Set<Integer> lost, List<ShardFate> shards) {

    public RecoveryPlan {
        lost = Set.copyOf(lost);
        shards = List.copyOf(shards);
    }

    /**
     * Decides.
     *
     * @param image the map as the controller's replica here has it; empty if there is none
     * @param found the replicas here, by shard; those that cannot be trusted are missing
     * @param chosen shards that are to go on here although others are left that vote
     * @throws RecoveryRefusedException if what is asked for makes no sense
     */
    public static RecoveryPlan of(
            String clusterId,
            int node,
            ClusterImage image,
            Map<Integer, FoundReplica> found,
            Set<Integer> lost,
            Set<Integer> chosen) {
        requireKnown(node, image, found, lost);
        TreeSet<Integer> numbers = new TreeSet<>(image.shards().keySet());
        numbers.addAll(found.keySet());
        List<ShardFate> fates = new ArrayList<>();
        for (int number : numbers) {
            FoundReplica here = found.get(number);
            fates.add(
                    here != null && (here.votes(node) || here.isHalfDone(node))
                            ? byItsLog(here, node, lost, chosen.contains(number))
                            : byTheMap(image.shards().get(number), number, lost));
        }
        requireChoices(fates, chosen);
        return new RecoveryPlan(clusterId, node, lost, numbered(image, found, fates));
    }

    private static ShardFate byItsLog(
            FoundReplica here, int node, Set<Integer> lost, boolean chosen) {
        List<Integer> voters = nodes(here.voters());
        List<Integer> before = nodes(here.votersBefore());
        TreeSet<Integer> all = new TreeSet<>(voters);
        all.addAll(before);
        TreeSet<Integer> others = new TreeSet<>(all);
        others.removeAll(lost);
        others.remove(node);
        Verdict verdict = Verdict.MUST_BE_CHOSEN;
        if (here.isHalfDone(node)) {
            verdict = Verdict.GOES_ON_HERE;
        } else if (hasMajority(voters, lost) && (before.isEmpty() || hasMajority(before, lost))) {
            verdict = Verdict.HAS_MAJORITY;
        } else if (others.isEmpty() || chosen) {
            verdict = Verdict.GOES_ON_HERE;
        }
        all.remove(node);
        return new ShardFate(here.shard(), verdict, here, 0, List.copyOf(all), List.copyOf(others));
    }

    private static ShardFate byTheMap(ShardImage shard, int number, Set<Integer> lost) {
        List<ReplicaImage> voters =
                shard == null
                        ? List.of()
                        : shard.replicas().stream().filter(one -> counts(shard, one)).toList();
        List<Integer> left =
                voters.stream()
                        .filter(one -> one.state() != ReplicaState.LOST)
                        .map(ReplicaImage::nodeId)
                        .filter(one -> !lost.contains(one))
                        .toList();
        Verdict verdict = Verdict.MUST_BE_CHOSEN;
        if (left.size() > voters.size() / 2) {
            verdict = Verdict.HAS_MAJORITY;
        } else if (left.isEmpty()) {
            verdict = Verdict.IS_GONE;
        } else if (left.size() == 1) {
            verdict = Verdict.IS_ELSEWHERE;
        }
        List<Integer> dropped =
                voters.stream()
                        .map(ReplicaImage::nodeId)
                        .filter(one -> !left.contains(one))
                        .toList();
        return new ShardFate(number, verdict, null, 0, dropped, left);
    }

    /** Whether a replica counts for the quorum, as far as the map knows. */
    private static boolean counts(ShardImage shard, ReplicaImage replica) {
        return switch (replica.state()) {
            case VOTER, LEAVING, LOST -> true;
            case NEW, LEARNER ->
                    shard.isFounder(replica.replicaId()) && shard.confirmed().term() == 0;
        };
    }

    private static boolean hasMajority(List<Integer> voters, Set<Integer> lost) {
        long left = voters.stream().filter(node -> !lost.contains(node)).count();
        return left > voters.size() / 2;
    }

    private static List<Integer> nodes(List<Member> members) {
        return members.stream().map(Member::nodeId).distinct().toList();
    }

    /** New ids, above every one that is known here and with a gap for those that are not. */
    private static List<ShardFate> numbered(
            ClusterImage image, Map<Integer, FoundReplica> found, List<ShardFate> fates) {
        long highest =
                Stream.concat(
                                image.shards().values().stream().map(ShardImage::lastReplicaId),
                                found.values().stream().flatMap(RecoveryPlan::ids))
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
        List<ShardFate> numbered = new ArrayList<>();
        int next = Math.toIntExact(highest + RecoverCluster.GAP);
        for (ShardFate fate : fates) {
            numbered.add(fate.verdict() == Verdict.GOES_ON_HERE ? fate.as(next++) : fate);
        }
        return numbered;
    }

    private static Stream<Long> ids(FoundReplica replica) {
        return Stream.concat(
                Stream.of((long) replica.replicaId()),
                Stream.concat(replica.voters().stream(), replica.votersBefore().stream())
                        .map(member -> (long) member.replicaId()));
    }

    private static void requireKnown(
            int node, ClusterImage image, Map<Integer, FoundReplica> found, Set<Integer> lost) {
        TreeSet<Integer> known = new TreeSet<>(image.brokers().keySet());
        found.values().forEach(one -> known.addAll(nodes(one.voters())));
        found.values().forEach(one -> known.addAll(nodes(one.votersBefore())));
        known.remove(node);
        if (lost.contains(node)) {
            throw new RecoveryRefusedException(
                    "broker %d is the one that the data directory belongs to; --lost names the others, those that are gone for good"
                            .formatted(node));
        }
        if (lost.isEmpty() || !known.containsAll(lost)) {
            throw new RecoveryRefusedException(
                    "%s; name those that are gone for good with --lost, of the other brokers that are known here: %s"
                            .formatted(
                                    lost.isEmpty()
                                            ? "which brokers are gone was not said"
                                            : "not all of the brokers "
                                                    + listed(lost)
                                                    + " are known here",
                                    known.isEmpty() ? "none" : listed(known)));
        }
    }

    /** Two data shards of one choice, made on two brokers, could not be told to the controller. */
    private static void requireChoices(List<ShardFate> fates, Set<Integer> chosen) {
        boolean controller =
                fates.stream()
                        .anyMatch(
                                fate ->
                                        fate.shard() == ShardImage.CONTROLLER
                                                && fate.verdict() == Verdict.GOES_ON_HERE);
        for (int shard : chosen) {
            ShardFate fate =
                    fates.stream().filter(one -> one.shard() == shard).findFirst().orElse(null);
            if (fate == null || fate.verdict() != Verdict.GOES_ON_HERE) {
                throw new RecoveryRefusedException(
                        "shard %d cannot be chosen: it has a majority, or no replica here that votes; leave out --shard %d"
                                .formatted(shard, shard));
            }
            if (!controller && !fate.others().isEmpty()) {
                throw new RecoveryRefusedException(
                        "shard %d has replicas on other brokers too; choose it where the controller, shard 0, goes on"
                                .formatted(shard));
            }
        }
    }

    /** The numbers with commas between them. */
    static String listed(Iterable<Integer> numbers) {
        TreeSet<Integer> sorted = new TreeSet<>();
        numbers.forEach(sorted::add);
        return String.join(", ", sorted.stream().map(String::valueOf).toList());
    }

    /** What is to be done here; empty if nothing is. */
    public List<ShardFate> here() {
        return shards.stream().filter(fate -> fate.verdict() == Verdict.GOES_ON_HERE).toList();
    }

    /** Whether the controller goes on here. */
    public boolean isControllerHere() {
        return here().stream().anyMatch(fate -> fate.shard() == ShardImage.CONTROLLER);
    }

    /**
     * What the controller is to be told.
     *
     * @param image as the plan was made by
     * @param first whether it is the entry with which the controller goes on; false to make sure
     *     later that the map shows what was done
     */
    public RecoverCluster command(ClusterImage image, boolean first) {
        List<Survivor> survivors = new ArrayList<>();
        for (ShardFate fate : shards) {
            if (fate.verdict() == Verdict.GOES_ON_HERE) {
                survivors.add(new Survivor(fate.shard(), node, fate.newReplicaId()));
            } else if (first && fate.verdict() == Verdict.IS_ELSEWHERE) {
                image.shards()
                        .get(fate.shard())
                        .replicaOn(fate.others().get(0))
                        .map(left -> elsewhere(fate.shard(), left))
                        .ifPresent(survivors::add);
            }
        }
        List<GivenUp> givenUp =
                lost.stream()
                        .sorted()
                        .flatMap(one -> image.broker(one).stream())
                        .map(one -> new GivenUp(one.nodeId(), one.directoryId()))
                        .toList();
        return new RecoverCluster(survivors, first ? givenUp : List.of(), first);
    }

    /** It keeps its id until it is recovered there. */
    private static Survivor elsewhere(int shard, ReplicaImage left) {
        return new Survivor(shard, left.nodeId(), left.replicaId());
    }
}
