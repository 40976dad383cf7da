package io.millrace.client.admin.group;

/** Why a partition of a group does or does not move. */
public enum Verdict {
    /** Everything is done. */
    CAUGHT_UP,
    /** It moves. */
    MOVING,
    /** The group has no member that follows the topic. */
    NO_MEMBER,
    /** A former owner has not given it up yet. */
    WAITING_FOR_REVOCATION,
    /** The owner takes nothing: its user has not taken what it has. */
    OUT_OF_CREDIT,
    /** Deliveries of one record have run out of time again and again. */
    LEASE_EXPIRED,
    /** The partition's shard has no leader. */
    NO_LEADER,
    /** The broker holds the subscriber back. */
    THROTTLED,
    /** The filter has matched none of what there is. */
    FILTER_MATCHED_NOTHING,
    /** The group, or its owner, is paused. */
    PAUSED,
    /** The owner has it and delivers, and commits nothing. */
    NOT_COMMITTING,
    /** Records that were given up cannot be copied to the dead letters, and their keys wait. */
    NOT_COPIED,
    /** The broker says something that this client is too old to know; see the evidence. */
    UNKNOWN;

    /** Whether nothing is to be done about it. */
    public boolean isWell() {
        return this == CAUGHT_UP || this == MOVING;
    }
}
