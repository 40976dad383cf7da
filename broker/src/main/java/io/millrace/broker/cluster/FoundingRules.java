package io.millrace.broker.cluster;

import io.millrace.broker.cluster.FoundingDecision.Found;
import io.millrace.broker.cluster.FoundingDecision.Join;
import io.millrace.broker.cluster.FoundingDecision.Refused;
import io.millrace.broker.cluster.FoundingDecision.Wait;
import io.millrace.v1.PeerAddress;
import io.millrace.v1.PeerIntroduction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides whether an empty broker founds a cluster, joins one or waits. A function of what the
 * broker says of itself and of what its seeds answered in one round.
 *
 * <p>A cluster is founded once: only when every listed seed answers, all are empty and all list the
 * same seeds, and then by the one with the lowest node id. Whoever lost its disk looks like a new
 * broker; if two of three could found a cluster among themselves, the third one's records would be
 * gone. So an absent seed means waiting, however long, unless another knows the cluster.
 */
final class FoundingRules {

    private final Introduction self;
    private final String ownAddress;
    private final List<SeedAnswer> answers;

    /**
     * @param ownAddress where this broker's own peer port is, host:port
     * @param answers one for each seed, of the same round
     */
    FoundingRules(Introduction self, String ownAddress, List<SeedAnswer> answers) {
        this.self = self;
        this.ownAddress = ownAddress;
        this.answers = answers;
    }

    FoundingDecision decide() {
        if (answers.isEmpty()) {
            return new Found(List.of(self.nodeId()));
        }
        String namesake = namesake();
        if (namesake != null) {
            return new Refused(namesake);
        }
        List<SeedAnswer> knowing = answers.stream().filter(SeedAnswer::knowsACluster).toList();
        if (!knowing.isEmpty()) {
            return join(knowing);
        }
        String obstacle = obstacle();
        if (obstacle != null) {
            return new Wait(obstacle);
        }
        SeedAnswer lowest = answers.get(0);
        for (SeedAnswer answer : answers) {
            if (nodeOf(answer) < nodeOf(lowest)) {
                lowest = answer;
            }
        }
        if (nodeOf(lowest) != self.nodeId()) {
            return new Wait(
                    "node %d at %s is to found the cluster"
                            .formatted(nodeOf(lowest), lowest.address()));
        }
        return new Found(answers.stream().map(this::nodeOf).sorted().toList());
    }

    /** Another broker that bears this one's node id; null if there is none. */
    private String namesake() {
        for (SeedAnswer answer : answers) {
            if (answer.answered()
                    && answer.peer().getNodeId() == self.nodeId()
                    && !self.isMe(answer.peer())) {
                return ("the broker at %s says that it is node %d, and so is this one; give each"
                                + " broker of a cluster a node-id of its own")
                        .formatted(answer.address(), self.nodeId());
            }
        }
        return null;
    }

    private FoundingDecision join(List<SeedAnswer> knowing) {
        SeedAnswer first = knowing.get(0);
        String clusterId = first.peer().getClusterId();
        Map<Integer, PeerAddress> brokers = new LinkedHashMap<>();
        for (SeedAnswer answer : knowing) {
            if (!answer.peer().getClusterId().equals(clusterId)) {
                return new Refused(
                        ("the seeds %s and %s belong to different clusters, %s and %s; remove one"
                                        + " of them from cluster.seeds")
                                .formatted(
                                        first.address(),
                                        answer.address(),
                                        clusterId,
                                        answer.peer().getClusterId()));
            }
            brokers.put(
                    answer.peer().getNodeId(),
                    PeerAddress.newBuilder()
                            .setNodeId(answer.peer().getNodeId())
                            .setAddress(answer.address())
                            .build());
        }
        for (SeedAnswer answer : knowing) {
            answer.response()
                    .getBrokersList()
                    .forEach(broker -> brokers.putIfAbsent(broker.getNodeId(), broker));
        }
        brokers.remove(self.nodeId());
        return new Join(clusterId, List.copyOf(brokers.values()));
    }

    /** What keeps the cluster from being founded now; null if nothing does. */
    private String obstacle() {
        List<String> obstacles = new ArrayList<>();
        for (SeedAnswer answer : answers) {
            if (isSelf(answer)) {
                continue;
            }
            if (!answer.answered()) {
                obstacles.add(
                        "seed %s does not answer (%s)"
                                .formatted(answer.address(), answer.failure()));
            } else if (!sameSeeds(answer.peer())) {
                obstacles.add(
                        "seed %s (node %d) lists other seeds: %s"
                                .formatted(
                                        answer.address(),
                                        answer.peer().getNodeId(),
                                        answer.peer().getSeedsCount() == 0
                                                ? "none"
                                                : String.join(",", shown(answer.peer()))));
            }
        }
        if (answers.stream().noneMatch(this::isSelf)) {
            obstacles.add(
                    ("this broker, node %d at %s, is not among its seeds, so that it can join a"
                                    + " cluster, but not found one")
                            .formatted(self.nodeId(), ownAddress));
        }
        obstacles.addAll(doubles());
        return obstacles.isEmpty() ? null : String.join("; ", obstacles);
    }

    private List<String> doubles() {
        List<String> doubles = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            for (int j = i + 1; j < answers.size(); j++) {
                SeedAnswer one = answers.get(i);
                SeedAnswer two = answers.get(j);
                boolean known = one.answered() || isSelf(one);
                if (known && (two.answered() || isSelf(two)) && nodeOf(one) == nodeOf(two)) {
                    boolean same = isSelf(one) ? isSelf(two) : !isSelf(two) && one.sameBroker(two);
                    doubles.add(
                            (same
                                            ? "the seeds %s and %s lead to the same broker, node %d"
                                            : "the seeds %s and %s both say that they are node %d")
                                    .formatted(one.address(), two.address(), nodeOf(one)));
                }
            }
        }
        return doubles;
    }

    /** By what answers; by its address only if nothing does, as behind address translation. */
    private boolean isSelf(SeedAnswer answer) {
        return answer.answered()
                ? self.isMe(answer.peer())
                : answer.address().equalsIgnoreCase(ownAddress);
    }

    private int nodeOf(SeedAnswer answer) {
        return isSelf(answer) ? self.nodeId() : answer.peer().getNodeId();
    }

    private boolean sameSeeds(PeerIntroduction other) {
        Set<String> mine = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        mine.addAll(self.get().getSeedsList());
        Set<String> theirs = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        theirs.addAll(other.getSeedsList());
        return mine.equals(theirs);
    }

    private static List<String> shown(PeerIntroduction other) {
        return other.getSeedsList().stream().limit(10).toList();
    }
}
