/**
 * Raft and whatever else brokers tell each other, over gRPC: {@link
 * io.millrace.raft.transport.PeerNetwork} is the way in.
 */
package io.millrace.raft.transport;
