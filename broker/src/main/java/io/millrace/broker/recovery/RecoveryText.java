package io.millrace.broker.recovery;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.broker.controller.TopicImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A {@link RecoveryPlan} for people. */
public final class RecoveryText {

    private final RecoveryPlan plan;
    private final ClusterImage image;
    private final Path directory;
    private final Map<Integer, String> unusable;
    private final StringBuilder text = new StringBuilder();

    /**
     * @param image the map by which the plan was made
     * @param unusable why replicas in the data directory cannot be used, by shard
     */
    public RecoveryText(
            RecoveryPlan plan, ClusterImage image, Path directory, Map<Integer, String> unusable) {
        this.plan = plan;
        this.image = image;
        this.directory = directory;
        this.unusable = unusable;
    }

    @Override
    public String toString() {
        text.setLength(0);
        line(
                "Broker %d of cluster %s, data directory %s, without %s:",
                plan.node(), plan.clusterId(), directory, brokers(plan.lost()));
        plan.shards().forEach(this::shard);
        unusable.forEach((shard, why) -> line("  shard %d: not usable: %s", shard, why));
        if (plan.here().isEmpty()) {
            line("Nothing is to be done here.");
        } else {
            losses();
        }
        return text.toString();
    }

    private void shard(ShardFate fate) {
        String name =
                "  shard %d%s: "
                        .formatted(
                                fate.shard(),
                                fate.shard() == ShardImage.CONTROLLER ? " (controller)" : "");
        switch (fate.verdict()) {
            case HAS_MAJORITY -> line("%shas a majority without them, and stays as it is", name);
            case GOES_ON_HERE -> {
                line(
                        "%sreplica %d goes on alone, as replica %d; left out: %s",
                        name,
                        fate.here().replicaId(),
                        fate.newReplicaId(),
                        brokers(fate.dropped()));
                line("      %s", known(fate.here()));
            }
            case IS_ELSEWHERE ->
                    line(
                            "%sbroker %d has the only replica that is left; run the same there",
                            name, fate.others().get(0));
            case MUST_BE_CHOSEN -> choice(name, fate);
            case IS_GONE ->
                    line(
                            "%sno replica is left: it stays without a leader; its topics: %s",
                            name, topics(fate.shard()));
        }
    }

    private void choice(String name, ShardFate fate) {
        line(
                "%snot touched: %s %s left with a replica%s",
                name,
                brokers(fate.others()),
                fate.others().size() == 1 ? "is" : "are",
                fate.here() == null ? "" : " too");
        if (fate.here() != null) {
            line("      %s", known(fate.here()));
        }
        line(
                "      compare by --plan on each of them, and add --shard %d where the log ends"
                        + " last: the highest term, then the highest entry. Never on two.",
                fate.shard());
    }

    private static String known(FoundReplica here) {
        return ("the log here ends at entry %d of term %d; %s")
                .formatted(
                        here.lastIndex(),
                        here.lastTerm(),
                        here.checkpointIndex() == 0
                                ? "none of it is known to be committed"
                                : "up to entry %d it is known to be committed"
                                        .formatted(here.checkpointIndex()));
    }

    private void losses() {
        line("What may be lost:");
        line(
                "  - whatever %s acknowledged and this broker had not received: records and commits"
                        + " after the entries above. How much that is cannot be told from here.",
                brokers(plan.lost()));
        if (plan.isControllerHere()) {
            line(
                    "  - topics, settings and placements that were decided after the controller's"
                            + " last entry above.");
        }
        line(
                "  - the offsets of lost records are given to other records: who has read lost ones"
                        + " does not see those.");
        line("Everything in the logs above stays, also what was never acknowledged.");
        line(
                plan.isControllerHere()
                        ? "From then on the data directories of %s are turned away for good. The"
                                + " brokers may come back with empty ones."
                        : "From then on the replicas of %s in these shards count for nothing.",
                brokers(plan.lost()));
        line(
                "Do this only if they are gone for good, and stopped: they could go on as the"
                        + " cluster that was.");
    }

    private String topics(int shard) {
        List<String> names =
                image.topics().values().stream()
                        .filter(
                                topic ->
                                        topic.partitions().stream()
                                                .anyMatch(one -> one.shard() == shard))
                        .map(TopicImage::name)
                        .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** Such as "broker 2 (10.0.0.2:7401)", "brokers 2, 3". */
    private String brokers(Iterable<Integer> nodes) {
        String listed = RecoveryPlan.listed(nodes);
        if (listed.isEmpty()) {
            return "nobody";
        }
        if (listed.contains(",")) {
            return "brokers " + listed;
        }
        return "broker "
                + listed
                + image.broker(Integer.parseInt(listed))
                        .filter(BrokerImage::isRegistered)
                        .map(one -> " (" + one.peerAddress() + ")")
                        .orElse("");
    }

    private void line(String format, Object... args) {
        text.append(format.formatted(args)).append('\n');
    }
}
