package io.millrace.broker.receiving;

/**
 * A member that receives from one queue over a stream. Known to the queue's loop and the session.
 *
 * @param session the stream
 * @param handle the queue's partition there
 * @param memberId the member
 * @param memberEpoch its stay, to be compared as unsigned
 * @param leaseMs how long its deliveries may take; 0: as the group says
 */
record Receiver(
        ReceiveSession session, int handle, String memberId, long memberEpoch, long leaseMs) {

    boolean isOf(ReceiveSession other) {
        return session == other;
    }
}
