/**
 * The replicated log as the broker sees it: shards, proposals and the state machines behind them.
 *
 * <p>Nothing here names the Raft library; {@code io.millrace.raft.jraft} does, and alone.
 */
package io.millrace.raft;
