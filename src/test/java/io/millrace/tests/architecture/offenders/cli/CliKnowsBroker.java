package io.millrace.tests.architecture.offenders.cli;

import io.millrace.tests.architecture.offenders.broker.store.KnowsChronicle;

/** Breaks: the command does not know the broker. */
public final class CliKnowsBroker {

    KnowsChronicle known;
}
