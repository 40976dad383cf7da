/**
 * The data shard: the state machine that turns replicated commands into partition logs, and the
 * writer that turns publishers' batches into replicated commands. Knows neither gRPC, nor the Raft
 * library, nor the storage library.
 */
package io.millrace.broker.shard;
