package io.millrace.raft;

import java.util.List;

/**
 * A replica of a shard on this broker.
 *
 * @param shardId the shard's number, 0 or more; 0 is the controller
 * @param replicaId this broker's replica id in the shard, 1 or more; handed out once per placement
 *     and never reused in the shard
 * @param birth whether it may be new, and as what
 * @param founders the voters the shard is born with, this replica among them; empty unless it is a
 *     founder. Of no effect once it has a log or a checkpoint
 */
public record ShardSpec(int shardId, int replicaId, Birth birth, List<Member> founders) {

    /** Whether the files of a replica may be made. */
    public enum Birth {
        /** It has taken part before: if its vote file is not there, it is lost. */
        EXISTING,
        /** It may be new, in a shard that is created with it. */
        FOUNDER,
        /** It may be new, in a shard that is there already: it waits for the leader to add it. */
        JOINER
    }

    public ShardSpec {
        if (shardId < 0) {
            throw new IllegalArgumentException("shard id must be 0 or more, got " + shardId);
        }
        if (replicaId < 1) {
            throw new IllegalArgumentException("replica id must be 1 or more, got " + replicaId);
        }
        founders = List.copyOf(founders);
        boolean among = founders.stream().anyMatch(member -> member.replicaId() == replicaId);
        if (birth == Birth.FOUNDER ? !among : !founders.isEmpty()) {
            throw new IllegalArgumentException(
                    birth + " replica " + replicaId + " cannot have the founders " + founders);
        }
    }

    /** A replica that has taken part before. */
    public static ShardSpec existing(int shardId, int replicaId) {
        return new ShardSpec(shardId, replicaId, Birth.EXISTING, List.of());
    }

    /** A replica that may be new in a shard that is there already. */
    public static ShardSpec joiner(int shardId, int replicaId) {
        return new ShardSpec(shardId, replicaId, Birth.JOINER, List.of());
    }

    /** A replica that may be new in a shard that is created with it. */
    public static ShardSpec founder(int shardId, int replicaId, List<Member> founders) {
        return new ShardSpec(shardId, replicaId, Birth.FOUNDER, founders);
    }
}
