package io.millrace.broker.group;

import java.util.List;

/**
 * Partitions that the same members follow: they are shared among these on their own.
 *
 * @param seats the members, by their lasting names, one or more
 * @param slots the partitions, by topic and number
 */
record Pool(List<Seat> seats, List<Slot> slots) {

    long totalWeight() {
        return seats.stream().mapToLong(Seat::weight).sum();
    }
}
