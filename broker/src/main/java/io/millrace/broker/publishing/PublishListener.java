package io.millrace.broker.publishing;

import io.millrace.protocol.error.ErrorCode;

/** Hears what publishers do, for metrics. Must not block. */
public interface PublishListener {

    /**
     * A batch was acknowledged.
     *
     * @param topic the topic's name
     * @param nanos from its arrival to the answer
     */
    void acknowledged(String topic, int records, int bytes, long nanos, boolean duplicate);

    /** A batch was refused. */
    void refused(ErrorCode code);
}
