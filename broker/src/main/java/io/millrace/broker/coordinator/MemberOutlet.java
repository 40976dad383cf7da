package io.millrace.broker.coordinator;

import io.millrace.v1.MemberResponse;

/** Where what a member is told goes. Thread-safe; no method blocks. */
public interface MemberOutlet {

    /** Whether another message can go out without piling up in memory. */
    boolean isReady();

    /** Sends a message. Ignored once the stream is closed. */
    void send(MemberResponse response);

    /** Asks for the next request; none comes without being asked for. */
    void requestNext();

    /** Closes the stream after everything sent so far. */
    void complete();
}
