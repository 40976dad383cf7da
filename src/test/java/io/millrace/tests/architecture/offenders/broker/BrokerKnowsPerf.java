package io.millrace.tests.architecture.offenders.broker;

import io.millrace.tests.architecture.offenders.perf.PerfKnowsBroker;

/** Breaks: the broker does not know the benchmarks. */
public final class BrokerKnowsPerf {

    PerfKnowsBroker known;
}
