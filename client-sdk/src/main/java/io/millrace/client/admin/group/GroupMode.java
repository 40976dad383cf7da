package io.millrace.client.admin.group;

/** How the members of a group share the records. */
public enum GroupMode {
    /** A partition belongs to one member at a time; progress is an offset. */
    STREAM,
    /** A record belongs to one member at a time; progress is a set of records. */
    QUEUE
}
