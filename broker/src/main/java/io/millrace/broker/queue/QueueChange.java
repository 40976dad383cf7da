package io.millrace.broker.queue;

/**
 * What is to be made durable.
 *
 * @param id names it towards the dispatcher
 * @param settlement for a {@link QueueCommand.SettleRecords}
 */
public record QueueChange(long id, QueueSettlement settlement) {}
