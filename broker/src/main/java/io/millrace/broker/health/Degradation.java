package io.millrace.broker.health;

/**
 * Something that a broker cannot do for now, while it goes on with the rest. It stays ready: to
 * take it out of rotation would take the rest away too.
 *
 * @param state which of the known states it is
 * @param reason a sentence for a person: what is the matter, and what goes on all the same
 */
public record Degradation(State state, String reason) {

    /** What can be the matter. */
    public enum State {
        /** A shard has no leader: its writes are refused, and it is read at EVENTUAL. */
        NO_QUORUM,
        /** The disk or the write-ahead log is full: writes are refused. */
        WRITES_REFUSED,
        /** A write or force takes very long: leaderships are given away. */
        DISK_HANGS,
        /** A replica misses records: others serve them until it has pulled them. */
        REBUILDING,
        /** Nothing can be changed about topics and brokers; publishing goes on. */
        CONTROLLER_UNREACHABLE
    }
}
