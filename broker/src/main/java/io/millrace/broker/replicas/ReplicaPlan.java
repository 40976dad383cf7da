package io.millrace.broker.replicas;

import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.ShardSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what a broker does with its replica of one shard. Decides only.
 *
 * <p>The rules that keep acknowledged records (DESIGN §6): a replica takes part only under the id
 * that its vote file carries and the map names; files are made only for an id that the map calls
 * new; files are removed only when the map, which knows the shard, does not name their id any more
 * or has declared it lost. Nothing is done because the map says nothing.
 */
final class ReplicaPlan {

    private ReplicaPlan() {}

    /**
     * The next steps, in order; each needs the one before it.
     *
     * @param image the shard in a map that is at least as new as this broker's registration
     * @param node this broker
     * @param local what it has
     */
    static List<ReplicaAction> of(ShardImage image, int node, LocalReplica local) {
        if (local.onDisk() > image.lastReplicaId()) {
            return List.of(); // placed by a newer map than this one
        }
        // The placement here that counts: a lost one only waits to be forgotten.
        ReplicaImage wanted = image.replicaOn(node).orElse(null);
        List<ReplicaAction> steps = new ArrayList<>();
        if (wanted == null) {
            remove(image, local, steps);
        } else if (wanted.state() == ReplicaState.NEW) {
            make(image, wanted, local, steps);
        } else {
            run(wanted, local, steps);
        }
        return steps;
    }

    private static void remove(ShardImage image, LocalReplica local, List<ReplicaAction> steps) {
        if (local.running() != 0) {
            steps.add(new ReplicaAction.Stop(local.shard()));
        }
        if (local.onDisk() != 0 && image.replica(local.onDisk()).isEmpty()) {
            steps.add(new ReplicaAction.Discard(local.shard()));
        }
    }

    private static void make(
            ShardImage image, ReplicaImage wanted, LocalReplica local, List<ReplicaAction> steps) {
        int id = Math.toIntExact(wanted.replicaId());
        if (local.onDisk() != id) {
            if (local.running() != 0) {
                steps.add(new ReplicaAction.Stop(local.shard()));
            }
            // Also when there seems to be nothing: a log or checkpoints without a vote file.
            steps.add(new ReplicaAction.Discard(local.shard()));
            steps.add(new ReplicaAction.Prepare(specOf(image, wanted)));
        }
        steps.add(new ReplicaAction.ReportPrepared(local.shard(), id));
    }

    private static ShardSpec specOf(ShardImage image, ReplicaImage wanted) {
        int id = Math.toIntExact(wanted.replicaId());
        List<ReplicaImage> left =
                image.replicas().stream()
                        .filter(replica -> image.founders().contains(replica.replicaId()))
                        .filter(replica -> replica.state() != ReplicaState.LOST)
                        .toList();
        // All founders must be born with the same members. Once one of them is gone, those who are
        // late learn from the others who belongs to the shard.
        if (!left.contains(wanted) || left.size() < image.founders().size()) {
            return ShardSpec.joiner(image.shard(), id);
        }
        return ShardSpec.founder(image.shard(), id, image.foundingMembers());
    }

    /** Whether its files are those of the replica is found out when it is started. */
    private static void run(ReplicaImage wanted, LocalReplica local, List<ReplicaAction> steps) {
        int id = Math.toIntExact(wanted.replicaId());
        if (!local.lostReason().isEmpty() || local.running() != 0 && local.running() != id) {
            if (local.running() != 0) {
                steps.add(new ReplicaAction.Stop(local.shard()));
            }
            if (!local.lostReason().isEmpty()) {
                steps.add(new ReplicaAction.ReportLost(local.shard(), id, local.lostReason()));
                return;
            }
        }
        if (local.running() != id) {
            steps.add(new ReplicaAction.Start(ShardSpec.existing(local.shard(), id)));
        }
    }
}
