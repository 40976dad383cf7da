package io.millrace.client.group;

import io.millrace.client.subscribe.ReceivedRecord;

/** Processes records, one at a time for each key; called by several threads. */
@FunctionalInterface
public interface RecordHandler {
    /**
     * Processes a record; it is done when this returns.
     *
     * @throws Exception if it could not be processed: it is tried again
     */
    void handle(ReceivedRecord record) throws Exception;
}
