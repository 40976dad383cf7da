package io.millrace.broker.config;

/** What an acknowledgement of a topic's records stands for. */
public enum Durability {
    /** The record is fsynced in the write-ahead log of a majority of the replicas. */
    QUORUM_FSYNC
}
