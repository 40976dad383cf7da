package io.millrace.raft.transport;

/**
 * Says whether a replica may stand for election now. One that misses records holds back for a
 * while, so that a whole one comes first; not for ever, since it may own the newest log.
 * Thread-safe; must not block.
 */
@FunctionalInterface
public interface CandidacyGate {

    CandidacyGate OPEN = () -> true;

    /** Asked before a vote is asked for, and before a handover is accepted. */
    boolean mayStand();
}
