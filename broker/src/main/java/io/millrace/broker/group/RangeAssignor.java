package io.millrace.broker.group;

import java.util.List;

/**
 * Neighbouring partitions of a topic go to one member, in the order of the members' lasting names,
 * by their weights to within one partition per topic. The same numbers of topics that the same
 * members follow go to the same members.
 */
final class RangeAssignor implements Assignor {

    @Override
    public void assign(Pool pool) {
        List<Seat> seats = pool.seats();
        long[] upTo = new long[seats.size()];
        long total = 0;
        for (int i = 0; i < upTo.length; i++) {
            total += seats.get(i).weight();
            upTo[i] = total;
        }
        for (Slot slot : pool.slots()) {
            long count = slot.topic.partitionCount();
            slot.given = seats.get(firstAbove(upTo, slot.partition.partition(), count, total));
        }
    }

    /** The first member whose range ends behind a partition: at its share of the count. */
    private static int firstAbove(long[] upTo, int partition, long count, long total) {
        int low = 0;
        int high = upTo.length - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (count * upTo[middle] / total > partition) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
