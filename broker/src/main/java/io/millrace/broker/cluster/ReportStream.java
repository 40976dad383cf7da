package io.millrace.broker.cluster;

import io.millrace.v1.BrokerReport;

/** A stream of reports to the controller's leader. Thread-safe; nothing blocks. */
public interface ReportStream {

    /** Sends a report, unless those before it are still on their way. Returns whether it did. */
    boolean send(BrokerReport report);

    /** Ends the stream; the listener hears nothing any more, or once more at most. */
    void close();
}
