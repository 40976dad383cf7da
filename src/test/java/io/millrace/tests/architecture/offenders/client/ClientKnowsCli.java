package io.millrace.tests.architecture.offenders.client;

import io.millrace.tests.architecture.offenders.cli.CliKnowsBroker;

/** Breaks: the SDK knows only the protocol. */
public final class ClientKnowsCli {

    CliKnowsBroker known;
}
