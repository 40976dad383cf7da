package io.millrace.perf.driver;

/** What an acknowledgement stands for. Numbers are only compared with both classes named. */
public enum Durability {
    /** The record is fsynced on a majority of its replicas. */
    FSYNC_MAJORITY,
    /** The record is in the page cache of a majority of its replicas: a power cut may take it. */
    PAGE_CACHE
}
