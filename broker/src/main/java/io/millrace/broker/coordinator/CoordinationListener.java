package io.millrace.broker.coordinator;

/** Hears what becomes of the groups coordinated here, by name. Thread-safe; must not block. */
public interface CoordinationListener {

    /** Hears nothing. */
    CoordinationListener NONE = new CoordinationListener() {};

    /** Somebody was given partitions, or told to give some up. */
    default void rebalanced(String group) {}

    /** Members were silent for longer than their leases, and are members no more. */
    default void expired(String group, int members) {}

    /** Partitions were taken away that were not given up in time. */
    default void forced(String group, int partitions) {}

    /** Offsets of partitions were committed. */
    default void committed(String group, int offsets) {}
}
