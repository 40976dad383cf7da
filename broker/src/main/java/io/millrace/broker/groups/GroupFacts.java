package io.millrace.broker.groups;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What is known of a group at one moment, for {@link Diagnosis}. */
final class GroupFacts {

    private GroupFacts() {}

    /**
     * The group as a whole.
     *
     * @param name its name
     * @param shard the shard that it lives on
     * @param coordinated whether that shard has a leader that could be asked
     * @param paused whether somebody paused it
     */
    record Group(String name, int shard, boolean coordinated, boolean paused) {}

    /**
     * Which partition.
     *
     * @param topic the topic's name
     * @param number counted from 0
     * @param shard the shard that it is on
     * @param followers how many members of the group follow the topic
     */
    record Place(String topic, int number, int shard, int followers) {

        /** How many members follow the topic, and the verb. */
        String following() {
            return followers == 1 ? "1 member follows" : followers + " members follow";
        }

        @Override
        public String toString() {
            return topic + "/" + number;
        }
    }

    /**
     * A partition of a group in stream mode.
     *
     * @param owner who has it; empty: nobody
     * @param committed the next offset to be processed; empty: nothing is committed
     * @param uncommittedMs for how long its owner could have committed something and has not,
     *     milliseconds
     * @param log what the partition's leader says; empty: it could not be asked
     */
    record Stream(
            Group group,
            Place place,
            Optional<Owner> owner,
            OptionalLong committed,
            long uncommittedMs,
            Optional<Log> log) {}

    /**
     * A partition of a group in queue mode.
     *
     * @param log what the partition's leader says; empty: it could not be asked
     * @param queue what it says of the group's queue; empty: there is none, nobody ever received
     */
    record Queue(Group group, Place place, Optional<Log> log, Optional<QueueFacts> queue) {}

    /**
     * What the leader of a partition says.
     *
     * @param start the first offset held
     * @param end the offset that the next record will get
     * @param heldBack filters of subscriptions to it whose tests the broker puts off
     */
    record Log(long start, long end, Set<String> heldBack) {

        Log {
            heldBack = Set.copyOf(heldBack);
        }
    }

    /**
     * What the leader of a partition says of a queue.
     *
     * @param watermark everything below is done, but what was redriven
     * @param open how many records are not done
     * @param standing how it is worked off; empty: nobody has received since the leader began
     */
    record QueueFacts(long watermark, long open, Optional<QueueStanding> standing) {}

    /**
     * How a queue is worked off.
     *
     * @param verdict why it does or does not move
     * @param evidence what shows it
     * @param record the record that it is about; empty: none
     * @param breakerOpen whether it stopped itself
     */
    record QueueStanding(
            io.millrace.v1.Verdict verdict,
            String evidence,
            OptionalLong record,
            boolean breakerOpen) {}

    /**
     * Who has a partition.
     *
     * @param memberId the member
     * @param address where it comes from; may be empty
     * @param silentMs since its last sign of life
     * @param leaseMs how long it may be silent
     * @param revocation if it is to give the partition up
     * @param progress what it says of it; empty: nothing yet
     * @param untaken another partition of which its user takes nothing, if there is one: what it
     *     has of that may fill its room
     */
    record Owner(
            String memberId,
            String address,
            long silentMs,
            long leaseMs,
            Optional<Revocation> revocation,
            Optional<Progress> progress,
            Optional<Untaken> untaken) {}

    /**
     * A partition of which a member's user takes nothing of what it could.
     *
     * @param partition topic/number
     * @param stillMs since when
     */
    record Untaken(String partition, long stillMs) {}

    /**
     * A partition that its owner is to give up.
     *
     * @param next who gets it then
     * @param waitingMs since when
     * @param remainingMs after which it is taken away
     */
    record Revocation(String next, long waitingMs, long remainingMs) {}

    /**
     * How a partition stands with its owner.
     *
     * @param position the next offset that the member will be given
     * @param stillMs since when that has been its position
     * @param outOfCredit whether its user has not taken what it has
     * @param paused whether its user paused it
     * @param delivered how many records its user was given since it has the partition
     * @param filtered how many the filter has passed over since
     * @param filter the filter; empty: none
     */
    record Progress(
            long position,
            long stillMs,
            boolean outOfCredit,
            boolean paused,
            long delivered,
            long filtered,
            String filter) {}
}
