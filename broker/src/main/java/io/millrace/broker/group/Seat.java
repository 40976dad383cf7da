package io.millrace.broker.group;

/** A member while partitions are shared out. Changed by one thread. */
final class Seat {

    final Member member;

    /** The number of its subscription among the different ones. */
    final int subscription;

    /** Partitions given to it so far, of all pools. */
    int taken;

    /** How many more of the present pool it may be given. */
    int room;

    /** What it has of the present pool for good. */
    int held;

    /** What it is to get of the present pool, and others have not given up yet. */
    int awaited;

    Seat(Member member, int subscription) {
        this.member = member;
        this.subscription = subscription;
    }

    String memberId() {
        return member.memberId();
    }

    int weight() {
        return member.joining().weight();
    }

    String rack() {
        return member.joining().rack();
    }
}
