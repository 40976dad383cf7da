/** The write-ahead log: the Raft logs of all shards of one broker, interleaved in one journal. */
package io.millrace.raft.wal;
