package io.millrace.broker.replicas;

import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import java.io.IOException;
import java.util.Map;

/** Makes, runs and removes the replicas of this broker. Blocks on the disk; one thread. */
public interface ReplicaHost {

    /** What is here, by shard: everything that runs or has left files. */
    Map<Integer, LocalReplica> replicas() throws IOException;

    /**
     * Makes the files of a new replica; forced on return.
     *
     * @throws ReplicaLostException if files of another replica are in the way
     */
    void prepare(ShardSpec spec) throws IOException;

    /**
     * Lets a replica take part.
     *
     * @throws ReplicaLostException if what is on the disk cannot be that replica
     */
    void start(ShardSpec spec) throws IOException;

    /** Stops the replica that runs. */
    void stop(int shard) throws IOException;

    /** Removes all files of a shard of which nothing runs, durably. */
    void discard(int shard) throws IOException;
}
