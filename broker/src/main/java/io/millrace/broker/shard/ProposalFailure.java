package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.Proposal;

/** Says in the protocol's words how a proposal failed. */
final class ProposalFailure {

    private ProposalFailure() {}

    /** The code for an outcome: NOT_APPLIED only where the replicated log is sure. */
    static ErrorCode codeOf(Proposal.Outcome outcome) {
        return switch (outcome) {
            case NOT_APPLIED_BUSY -> ErrorCode.OVERLOADED;
            case NOT_APPLIED_NOT_LEADER -> ErrorCode.NOT_LEADER;
            case NOT_APPLIED_WAL_FULL -> ErrorCode.WAL_FULL;
            case UNKNOWN -> ErrorCode.OUTCOME_UNKNOWN;
        };
    }

    /** For a batch whose entry was applied, but not as one that appends. */
    static Refused unread(CommandResult result) {
        return result instanceof CommandResult.Refused refused
                ? new Refused(refused.code(), refused.message())
                : new Refused(ErrorCode.INTERNAL, "the entry was not taken as one that appends");
    }
}
