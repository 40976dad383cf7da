package io.millrace.client.queue;

import io.millrace.client.subscribe.ReceivedRecord;

/** Processes records, several at a time if the worker is told so. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Processes a record. When it returns, the record is done; when it throws, the record is
     * delivered again later, or given up after the group's {@code max.deliveries}.
     *
     * @param deliveryCount how often it has been delivered, this time included; 1 or more
     * @throws RejectRecordException if the record can never be processed: it goes to the dead
     *     letters at once
     */
    void handle(ReceivedRecord record, int deliveryCount) throws Exception;
}
