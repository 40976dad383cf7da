package io.millrace.broker.controller;

/**
 * What all brokers of a cluster understand. A kind of entry that came later than the first level is
 * refused until the cluster has been raised to its level, which needs every broker to know it: an
 * entry that one broker applies and another skips would part their states for ever.
 */
public final class FeatureLevel {

    /** The level of the first release. */
    public static final int FIRST = 1;

    /** The highest level that this code understands. */
    public static final int CURRENT = FIRST;

    private FeatureLevel() {}
}
