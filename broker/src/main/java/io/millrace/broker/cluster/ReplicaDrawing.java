package io.millrace.broker.cluster;

import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.AgedReport;
import io.millrace.v1.ReplicaMember;
import io.millrace.v1.ReplicaReport;
import io.millrace.v1.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Draws the replicas of one shard, and says what is wrong with them or being done about it. */
final class ReplicaDrawing {

    private static final long MIB = 1024 * 1024;
    private static final long SILENT_TOO_LONG_MS = 10_000;

    private final ShardImage shard;
    private final ReplicaReport leader;
    private final Map<Integer, AgedReport> reports;
    private final List<ReplicaStatus> drawn = new ArrayList<>();

    /**
     * @param leader what the shard's leader reports; null if nothing is heard of it
     */
    ReplicaDrawing(ShardImage shard, ReplicaReport leader, Map<Integer, AgedReport> reports) {
        this.shard = shard;
        this.leader = leader;
        this.reports = reports;
    }

    static ReplicaReport find(AgedReport report, int shard) {
        for (ReplicaReport replica : report.getReport().getReplicasList()) {
            if (replica.getShard() == shard) {
                return replica;
            }
        }
        return null;
    }

    ReplicaStatus draw(ReplicaImage replica) {
        ReplicaStatus.Builder status =
                ReplicaStatus.newBuilder()
                        .setNodeId(replica.nodeId())
                        .setReplicaId(replica.replicaId())
                        .setState(replica.state().name());
        AgedReport report = reports.get(replica.nodeId());
        ReplicaReport own = report == null ? null : find(report, shard.shard());
        if (own != null && own.getReplicaId() == replica.replicaId()) {
            status.setRole(report.getAlive() ? own.getRole() : "")
                    .setAppliedIndex(own.getAppliedIndex())
                    .setMissingRecords(own.getMissingRecords())
                    .setPulledBytes(own.getPulledBytes())
                    .setSilentMs(report.getAgeMs())
                    .setProblem(own.getProblem());
        }
        addLag(status);
        drawn.add(status.build());
        return status.build();
    }

    /** By what the leader knows of its log, else by what it has applied itself. */
    private void addLag(ReplicaStatus.Builder status) {
        if (leader == null) {
            return;
        }
        long known = status.getAppliedIndex();
        for (ReplicaMember member : leader.getMembersList()) {
            if (member.getReplicaId() == status.getReplicaId() && member.getMatchIndex() > 0) {
                known = Math.max(known, member.getMatchIndex());
                if (!status.hasSilentMs() && member.getSilentMs() != Long.MAX_VALUE) {
                    status.setSilentMs(member.getSilentMs());
                }
            }
        }
        if (known > 0) {
            status.setLag(Math.max(0, leader.getLastLogIndex() - known));
        }
    }

    /** Says in sentences what a person should know; to be called after all were drawn. */
    void tell(List<String> problems, List<String> changes) {
        int voters = 0;
        int heard = 0;
        for (ReplicaStatus replica : drawn) {
            String name =
                    "replica %d of shard %d on broker %d"
                            .formatted(replica.getReplicaId(), shard.shard(), replica.getNodeId());
            ReplicaState state = ReplicaState.valueOf(replica.getState());
            if (state == ReplicaState.VOTER) {
                voters++;
                heard += isThere(replica) ? 1 : 0;
            }
            if (replica.getMissingRecords() > 0) {
                changes.add(name + ": " + pulled(replica));
            } else if (state != ReplicaState.VOTER) {
                changes.add(name + " " + progress(state, replica));
            }
            boolean leads = leader != null && replica.getReplicaId() == leader.getReplicaId();
            if (!replica.getProblem().isEmpty() && !leads) {
                problems.add(name + ": " + replica.getProblem());
            }
        }
        if (leader != null && heard < voters) {
            problems.add(
                    "shard %d is under-replicated: %d of %d voters are there"
                            .formatted(shard.shard(), heard, voters));
        }
    }

    private static boolean isThere(ReplicaStatus replica) {
        return !replica.getRole().isEmpty()
                || replica.hasSilentMs() && replica.getSilentMs() < SILENT_TOO_LONG_MS;
    }

    private String pulled(ReplicaStatus replica) {
        String of =
                leader == null
                        ? ""
                        : " of about "
                                + Math.max(
                                        replica.getPulledBytes() / MIB, leader.getLogBytes() / MIB);
        return "%d%s MiB pulled, %,d records missing"
                .formatted(replica.getPulledBytes() / MIB, of, replica.getMissingRecords());
    }

    private static String progress(ReplicaState state, ReplicaStatus replica) {
        return switch (state) {
            case NEW -> "is being made";
            case LEARNER ->
                    replica.hasLag()
                            ? "catches up: %,d entries behind".formatted(replica.getLag())
                            : "waits to be added by the shard's leader";
            case LEAVING -> "leaves once its replacement counts";
            case LOST -> "is lost, and leaves once its replacement counts";
            case VOTER -> "counts";
        };
    }
}
