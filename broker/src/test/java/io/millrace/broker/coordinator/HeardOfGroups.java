package io.millrace.broker.coordinator;

/** Counts what becomes of groups. */
final class HeardOfGroups implements CoordinationListener {

    int rebalances;
    int expired;
    int forced;
    int committed;

    @Override
    public void rebalanced(String group) {
        rebalances++;
    }

    @Override
    public void expired(String group, int members) {
        expired += members;
    }

    @Override
    public void forced(String group, int partitions) {
        forced += partitions;
    }

    @Override
    public void committed(String group, int offsets) {
        committed += offsets;
    }
}
