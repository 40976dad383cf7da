package io.millrace.tests.architecture.offenders.perf;

import io.millrace.tests.architecture.offenders.broker.store.KnowsChronicle;

/** Breaks: benchmarks drive a broker from outside. */
public final class PerfKnowsBroker {

    KnowsChronicle known;
}
