package io.millrace.tests.architecture.offenders.raft;

import io.millrace.tests.architecture.offenders.protocol.ProtocolKnowsRaft;

/** Breaks: raft knows nobody. */
public final class RaftKnowsProtocol {

    ProtocolKnowsRaft known;
}
