package io.millrace.broker.cluster;

/**
 * Who leads the shards and which brokers live, as far as this broker knows at the moment.
 * Thread-safe; no method blocks.
 */
public interface LeaderDirectory {

    /** The leader of a shard that takes writes; {@link ShardLeader#NONE} if none is known. */
    ShardLeader leader(int shard);

    /** Whether a broker's lease runs, as far as this one has heard. */
    boolean isAlive(int nodeId);
}
