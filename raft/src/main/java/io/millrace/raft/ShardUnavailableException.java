package io.millrace.raft;

/** The shard has no leader, is stopping, or its replica here has failed. Trying again may help. */
public final class ShardUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ShardUnavailableException(String message) {
        super(message);
    }
}
