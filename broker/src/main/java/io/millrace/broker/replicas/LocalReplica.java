package io.millrace.broker.replicas;

/**
 * What this broker has of a shard.
 *
 * @param shard the shard's number
 * @param onDisk the replica id in its vote file; 0: there is no readable one
 * @param running the replica id under which it takes part; 0: it does not
 * @param lostReason why the replica that runs or is on the disk cannot go on; empty if it can
 */
public record LocalReplica(int shard, int onDisk, int running, String lostReason) {

    /** Nothing at all. */
    static LocalReplica none(int shard) {
        return new LocalReplica(shard, 0, 0, "");
    }
}
