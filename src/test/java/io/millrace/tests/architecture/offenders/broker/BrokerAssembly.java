package io.millrace.tests.architecture.offenders.broker;

import java.util.function.LongSupplier;

/** Breaks nothing: the assembly is where clocks are plugged in. */
public final class BrokerAssembly {

    LongSupplier clock = System::nanoTime;
}
