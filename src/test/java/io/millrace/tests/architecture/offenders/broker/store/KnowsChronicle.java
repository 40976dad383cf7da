package io.millrace.tests.architecture.offenders.broker.store;

import net.openhft.chronicle.queue.ChronicleQueue;

/** Breaks: only partition logs know Chronicle Queue. */
public final class KnowsChronicle {

    ChronicleQueue known;
}
