package io.millrace.tests.architecture.offenders.broker.store;

import io.millrace.tests.architecture.offenders.broker.misc.VaguelyNamed;

/** Breaks: no cycles; the package needs the one that needs it. */
public final class NeedsItsUser {

    VaguelyNamed known;
}
