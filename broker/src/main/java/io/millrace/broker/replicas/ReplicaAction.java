package io.millrace.broker.replicas;

import io.millrace.raft.ShardSpec;

/** A step that brings one replica of this broker in line with the map. */
sealed interface ReplicaAction {

    /** Stops the replica that runs. */
    record Stop(int shard) implements ReplicaAction {}

    /** Removes all files of the shard; nothing of it runs. */
    record Discard(int shard) implements ReplicaAction {}

    /** Makes and forces the files of a replica that is new. */
    record Prepare(ShardSpec spec) implements ReplicaAction {}

    /** Tells the controller that the files of a new replica are there. */
    record ReportPrepared(int shard, int replicaId) implements ReplicaAction {}

    /** Tells the controller that a replica is gone for good. */
    record ReportLost(int shard, int replicaId, String reason) implements ReplicaAction {}

    /** Lets a replica take part. */
    record Start(ShardSpec spec) implements ReplicaAction {}
}
