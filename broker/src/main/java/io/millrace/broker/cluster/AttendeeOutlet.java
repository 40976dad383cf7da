package io.millrace.broker.cluster;

import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ControllerNews;

/** The way back to a broker that attends. Called by one thread at a time; nothing blocks. */
public interface AttendeeOutlet {

    /** Whether news would go out now rather than wait behind others. */
    boolean isReady();

    /** Sends news. */
    void send(ControllerNews news);

    /** Ends the stream. */
    void end(MillraceException reason);
}
