package io.millrace.broker.group;

/** What no group goes beyond, whatever its settings say. */
public final class GroupLimits {

    /** Members of a group, unless its setting {@code max.members} allows less. */
    public static final int MAX_MEMBERS = 10_000;

    /** Partitions of all topics that a group follows. */
    public static final int MAX_PARTITIONS = 10_000;

    /** Partitions that a group has committed offsets of; those no longer followed count too. */
    public static final int MAX_OFFSETS = 2 * MAX_PARTITIONS;

    /** The user's words with a commit, in UTF-8. */
    public static final int MAX_METADATA_BYTES = 4_096;

    /** Names and patterns in one subscription. */
    public static final int MAX_TOPICS_OF_MEMBER = 1_000;

    /** Names and patterns in all different subscriptions of a group together. */
    public static final int MAX_SUBSCRIBED = 10_000;

    /**
     * Patterns in all different subscriptions of a group together: each is held against each topic.
     */
    public static final int MAX_PATTERNS = 200;

    /** Entries of the log of seeks. */
    public static final int MAX_SEEKS = 20;

    /** Moves in all entries of the log of seeks together; the newest entry is always whole. */
    public static final int MAX_SEEK_MOVES = 20_000;

    /** Who seeks and why, in characters. */
    public static final int MAX_REASON = 200;

    private GroupLimits() {}
}
