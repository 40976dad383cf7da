package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;

/**
 * Decides which member is to have which partition: a pure function of the members, the partitions
 * and who has them now, the same on every replica. Whatever it decides, it decides again when
 * nothing has changed. Takes time for each partition, times the logarithm of the members.
 */
interface Assignor {

    /** Sets {@link Slot#given} of all partitions of a pool. */
    void assign(Pool pool);

    /** The assignor of that name. */
    static Assignor of(GroupConfig.Assignor name) {
        return switch (name) {
            case STICKY -> new BalancedAssignor(false);
            case RANGE -> new RangeAssignor();
            case RACK -> new BalancedAssignor(true);
        };
    }
}
