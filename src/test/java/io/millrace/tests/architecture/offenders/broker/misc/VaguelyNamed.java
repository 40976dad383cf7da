package io.millrace.tests.architecture.offenders.broker.misc;

import io.millrace.tests.architecture.offenders.broker.store.NeedsItsUser;

/** Breaks: no vague package names. */
public final class VaguelyNamed {

    NeedsItsUser known;
}
