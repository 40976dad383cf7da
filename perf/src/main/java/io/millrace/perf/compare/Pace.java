package io.millrace.perf.compare;

/**
 * How long a load goes on.
 *
 * @param warmUpSeconds before it is measured
 * @param seconds measured
 * @param verify whether what was published is read back afterwards
 */
record Pace(double warmUpSeconds, double seconds, boolean verify) {}
