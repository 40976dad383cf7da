package io.millrace.tests.architecture.offenders.protocol;

import io.millrace.tests.architecture.offenders.raft.RaftKnowsProtocol;

/** Breaks: protocol knows nobody. */
public final class ProtocolKnowsRaft {

    RaftKnowsProtocol known;
}
