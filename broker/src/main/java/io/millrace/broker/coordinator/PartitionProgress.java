package io.millrace.broker.coordinator;

/**
 * What a member has said last of a partition that it holds. Immutable.
 *
 * @param assignmentEpoch the number of the ownership that it speaks of; 0 in queue mode
 * @param position the next offset that it will be given
 * @param outOfCredit it takes nothing at the moment: its user has not taken what it has
 * @param paused its user has paused it
 * @param delivered how many records its user was given since it has the partition
 * @param filtered how many the filter has passed over since
 * @param filter the filter that it reads with; empty: none
 * @param positionStillMs for how long the position has not moved, as far as this coordinator has
 *     heard, in milliseconds
 */
public record PartitionProgress(
        long assignmentEpoch,
        long position,
        boolean outOfCredit,
        boolean paused,
        long delivered,
        long filtered,
        String filter,
        long positionStillMs) {}
