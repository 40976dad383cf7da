package io.millrace.broker.receiving;

import io.millrace.v1.ReceiveResponse;

/** Where a receiver's messages go. Called by one thread at a time; no method blocks. */
public interface ReceiveOutlet {

    /** Whether another message can go out without piling up in memory. */
    boolean isReady();

    /** Sends a message. Ignored once the stream is closed. */
    void send(ReceiveResponse response);

    /** Asks for the next request; none comes without being asked for. */
    void requestNext();

    /** Closes the stream after everything sent so far. */
    void complete();
}
