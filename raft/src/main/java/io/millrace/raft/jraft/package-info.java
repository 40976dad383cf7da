/**
 * Shards on SOFAJRaft: the only place that knows the library. {@link
 * io.millrace.raft.jraft.RaftEngine} is the way in.
 */
package io.millrace.raft.jraft;
