package io.millrace.raft.jraft;

import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalUsage;
import io.millrace.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.Map;

/** What the engine needs of the broker's write-ahead log. Thread-safe. */
interface Journal {

    /** The log of a shard; empty if the journal has never heard of it. */
    ShardLog shard(int shard);

    /** The shards whose entries have rotted or were given up, and why. */
    Map<Integer, String> lostShards();

    WalUsage usage();

    /** Why it can allocate no more space; empty if it can. */
    String spaceProblem();

    /** How long the write or force under way has taken, in nanoseconds; 0 if none is. */
    long stalledNanos();

    /** Gives a shard's log up for lost, so that what it needs can be used again. */
    void giveUp(int shard, String reason);

    /**
     * Forgets a shard, also that it was lost; blocks until that is durable.
     *
     * @throws io.millrace.raft.wal.WalFailedException if the journal takes no more writes
     */
    void discard(int shard);

    /** Blocks until everything is forced. */
    void close() throws IOException;

    /** The real one. */
    static Journal of(WriteAheadLog log) {
        return new Journal() {
            @Override
            public ShardLog shard(int shard) {
                return log.shard(shard);
            }

            @Override
            public Map<Integer, String> lostShards() {
                return log.lostShards();
            }

            @Override
            public WalUsage usage() {
                return log.usage();
            }

            @Override
            public String spaceProblem() {
                return log.spaceProblem();
            }

            @Override
            public long stalledNanos() {
                return log.stalledNanos();
            }

            @Override
            public void giveUp(int shard, String reason) {
                log.giveUp(shard, reason);
            }

            @Override
            public void discard(int shard) {
                log.discard(shard);
            }

            @Override
            public void close() throws IOException {
                log.close();
            }
        };
    }
}
