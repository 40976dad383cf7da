package io.millrace.broker.group;

import java.util.List;

/** A partition while it is shared out. Changed by one thread. */
final class Slot {

    final GroupTopic topic;
    final PartitionKey partition;

    /** Who has it now; null: nobody. */
    final Ownership present;

    /** Who has it for good so far; null: nobody, or somebody who is giving it up. */
    Seat holder;

    /** Who is to get it so far from somebody who is giving it up; null: nobody. */
    Seat awaiting;

    /** Racks that are good for it; none: all are. */
    List<String> racks = List.of();

    /** How many of the same topic its holder has before it. */
    int rank;

    /** What was decided; null: nothing yet. */
    Seat given;

    Slot(GroupTopic topic, PartitionKey partition, Ownership present) {
        this.topic = topic;
        this.partition = partition;
        this.present = present;
    }

    boolean isNear(Seat seat) {
        return racks.isEmpty() || racks.contains(seat.rack());
    }

    /** Gives it to a member if nothing was decided yet, and that one has room. */
    void giveIfRoom(Seat seat) {
        if (given == null && seat.room > 0) {
            given = seat;
            seat.room--;
            seat.taken++;
        }
    }
}
