package io.millrace.raft;

/**
 * What is on this broker's disk cannot be the replica that it is said to be: a file is missing, has
 * rotted, was rolled back or belongs to another replica. Starting it all the same could vote twice
 * or forget acknowledged records, so it is never started again under this replica id.
 *
 * <p>The way out: give the shard a new replica, then remove this one; with a single replica,
 * restore the data directory whole.
 */
public final class ReplicaLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int shard;

    public ReplicaLostException(int shard, String reason) {
        this(shard, reason, null);
    }

    public ReplicaLostException(int shard, String reason, Throwable cause) {
        super("The replica of shard " + shard + " on this broker is lost: " + reason, cause);
        this.shard = shard;
    }

    /** The shard whose replica is lost. */
    public int shard() {
        return shard;
    }
}
