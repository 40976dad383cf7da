package io.millrace.broker.subscription;

import io.millrace.v1.SubscribeResponse;

/** Where a subscription's messages go. Called by one thread at a time; no method blocks. */
public interface SubscriptionOutlet {

    /** Whether another message can go out without piling up in memory. */
    boolean isReady();

    /** Sends a message. Ignored once the stream is closed. */
    void send(SubscribeResponse response);

    /** Asks for the next request; none comes without being asked for. */
    void requestNext();

    /** Closes the stream after everything sent so far. */
    void complete();
}
