package io.millrace.raft.jraft;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the shards of one broker run.
 *
 * @param directory where the write-ahead log, the vote files and the checkpoints live; the caller
 *     has locked it
 * @param clusterId the cluster's id, 1 to 64 letters, digits, '-' and '_'
 * @param nodeId this broker's node id, 1 or more
 * @param electionTimeout how long a follower waits for its leader, 50 ms to 60 s
 * @param readTimeout how long a read barrier may take
 * @param closeTimeout how long closing may take, shards and checkpoints together
 * @param checkpointBytes a shard is checkpointed after this many bytes in its log
 * @param checkpointInterval a shard is checkpointed this often, if anything was applied
 * @param memoryBytes what the logs of all shards may hold in memory, cut to a quarter of the
 *     write-ahead log's cap; proposals under way may have half of it, and what leaders elsewhere
 *     have sent the other half
 */
public record RaftEngineOptions(
        Path directory,
        String clusterId,
        int nodeId,
        Duration electionTimeout,
        Duration readTimeout,
        Duration closeTimeout,
        long checkpointBytes,
        Duration checkpointInterval,
        long memoryBytes) {

    private static final Duration MIN_CHANGE_TIMEOUT = Duration.ofSeconds(10);

    public RaftEngineOptions {
        ReplicaAddress.checkClusterId(clusterId);
        check(nodeId >= 1, "nodeId must be 1 or more, got " + nodeId);
        check(
                electionTimeout.toMillis() >= 50 && electionTimeout.toMillis() <= 60_000,
                "electionTimeout must be 50 ms to 60 s, got " + electionTimeout);
        checkPositive("readTimeout", readTimeout);
        checkPositive("closeTimeout", closeTimeout);
        check(checkpointBytes >= 1, "checkpointBytes must be 1 or more, got " + checkpointBytes);
        checkPositive("checkpointInterval", checkpointInterval);
        check(memoryBytes >= 64 << 10, "memoryBytes must be 64 KiB or more, got " + memoryBytes);
    }

    /**
     * An election timeout of 1 s, 5 s for a read, 30 s for closing; a checkpoint after 256 MiB or 5
     * minutes; 256 MiB of memory.
     */
    public static RaftEngineOptions defaults(Path directory, String clusterId, int nodeId) {
        return new RaftEngineOptions(
                directory,
                clusterId,
                nodeId,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                256L << 20,
                Duration.ofMinutes(5),
                256L << 20);
    }

    /** The same with other checkpoint thresholds. */
    public RaftEngineOptions withCheckpoints(long bytes, Duration interval) {
        return new RaftEngineOptions(
                directory,
                clusterId,
                nodeId,
                electionTimeout,
                readTimeout,
                closeTimeout,
                bytes,
                interval,
                memoryBytes);
    }

    /** The same with other timeouts. */
    public RaftEngineOptions withTimeouts(Duration election, Duration read, Duration close) {
        return new RaftEngineOptions(
                directory,
                clusterId,
                nodeId,
                election,
                read,
                close,
                checkpointBytes,
                checkpointInterval,
                memoryBytes);
    }

    /** The same with another election timeout. */
    public RaftEngineOptions withElectionTimeout(Duration election) {
        return withTimeouts(election, readTimeout, closeTimeout);
    }

    /** The same with another bound for memory. */
    public RaftEngineOptions withMemory(long bytes) {
        return new RaftEngineOptions(
                directory,
                clusterId,
                nodeId,
                electionTimeout,
                readTimeout,
                closeTimeout,
                checkpointBytes,
                checkpointInterval,
                bytes);
    }

    /**
     * What the proposals of all shards may hold. jraft keeps an entry until it has forced a whole
     * round of entries, so that as much again may be in memory that is applied already.
     */
    long proposalBytes() {
        return memoryBytes / 2;
    }

    /** What the entries of all shards may hold that leaders elsewhere have sent. */
    long receivedBytes() {
        return memoryBytes / 2;
    }

    /** How long a change of a shard's members may take. */
    Duration changeTimeout() {
        Duration elections = electionTimeout.multipliedBy(10);
        return elections.compareTo(MIN_CHANGE_TIMEOUT) > 0 ? elections : MIN_CHANGE_TIMEOUT;
    }

    /** How long without a leader a replica that is not whole holds back with its candidacy. */
    Duration candidacyHold() {
        return electionTimeout.multipliedBy(10);
    }

    /** How long one replica leaves to another when their leader is gone: elections are shorter. */
    Duration succession() {
        return electionTimeout.dividedBy(8);
    }

    /** How long a force may hang before the broker must end. */
    Duration deadDisk() {
        return electionTimeout.multipliedBy(10);
    }

    private static void checkPositive(String name, Duration value) {
        check(!value.isNegative() && !value.isZero(), name + " must be above zero, got " + value);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
