package io.millrace.broker.controller;

/**
 * One thing that a data shard is to be told of a group, as an entry of its own log. Immutable.
 *
 * <p>A shard ignores, for each group, a version that is not higher than the one it has, and
 * everything about a group that it was told to drop: else a leader with an old map could bring back
 * what was deleted.
 */
public sealed interface GroupIntent {

    /** The group. */
    long groupId();

    /**
     * Open a group.
     *
     * @param group as the map has it
     */
    record Open(GroupImage group) implements GroupIntent {

        @Override
        public long groupId() {
            return group.groupId();
        }
    }

    /**
     * Take other settings.
     *
     * @param group as the map has it
     */
    record Configure(GroupImage group) implements GroupIntent {

        @Override
        public long groupId() {
            return group.groupId();
        }
    }

    /** Remove a group and its queues for good; its id stays dead even if nothing is there. */
    record Drop(long groupId) implements GroupIntent {}
}
