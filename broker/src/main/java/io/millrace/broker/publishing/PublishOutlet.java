package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.PublishResponse;

/** Where a publisher's answers go. Called by one thread at a time; no method blocks. */
public interface PublishOutlet {

    /** Whether another message can go out without piling up in memory. */
    boolean isReady();

    /** Sends a message. Ignored once the stream is closed. */
    void send(PublishResponse response);

    /** Asks for the next request; none comes without being asked for. */
    void requestNext();

    /** Closes the stream after everything sent so far. */
    void complete();

    /** Breaks the stream off with an error; nothing can be sent after it. */
    void fail(MillraceException reason);
}
