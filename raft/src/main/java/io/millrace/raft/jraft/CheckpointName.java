package io.millrace.raft.jraft;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a leader calls the checkpoint that a follower is to install.
 *
 * @param node the broker that offers it
 * @param shard the shard's number
 * @param index the last Raft index in it
 * @param term that entry's term
 */
record CheckpointName(int node, int shard, long index, long term) {

    /** Not an address: jraft wants the name of a snapshot not to be empty. */
    static final String SCHEME = "millrace-checkpoint";

    private static final Pattern URI =
            Pattern.compile(SCHEME + "://(\\d{1,9})/(\\d{1,9})/(\\d{1,18})/(\\d{1,18})");

    String toUri() {
        return SCHEME + "://" + node + "/" + shard + "/" + index + "/" + term;
    }

    /**
     * @throws IllegalArgumentException if it is no such name
     */
    static CheckpointName parse(String uri) {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + uri + "\" names no checkpoint");
        }
        return new CheckpointName(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                Long.parseLong(parts.group(3)),
                Long.parseLong(parts.group(4)));
    }
}
