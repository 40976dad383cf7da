package io.millrace.broker.controller.plan;

/**
 * A leadership that is to move. Immutable.
 *
 * @param shard the shard
 * @param from the node that leads it
 * @param to the node that is to lead it
 * @param reason why, for the log
 */
public record LeaderTransfer(int shard, int from, int to, String reason) {}
