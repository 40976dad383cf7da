package io.millrace.tests.architecture.offenders.broker;

import io.millrace.tests.architecture.offenders.cli.CliKnowsBroker;

/** Breaks: only verbs know the command. */
public final class BrokerKnowsCli {

    CliKnowsBroker known;
}
