package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.millrace.raft.Proposal.Outcome;

/**
 * What became of a proposal that jraft failed. The code alone does not tell: EPERM stands for two
 * refusals before the append, and also for a leader that stepped down after it. So two messages of
 * jraft's are matched, here and nowhere else; a test holds them against the library.
 */
final class ProposalOutcomes {

    static final String NOT_LEADER = "Is not leader.";
    static final String OTHER_TERM = "expected_term=";

    private ProposalOutcomes() {}

    static Outcome of(Status status) {
        if (status.getRaftError() == RaftError.EBUSY) {
            return Outcome.NOT_APPLIED_BUSY;
        }
        String message = status.getErrorMsg();
        boolean refused =
                status.getRaftError() == RaftError.EPERM
                        && message != null
                        && (message.equals(NOT_LEADER) || message.startsWith(OTHER_TERM));
        return refused ? Outcome.NOT_APPLIED_NOT_LEADER : Outcome.UNKNOWN;
    }
}
