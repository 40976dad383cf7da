package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import io.millrace.raft.Proposal;
import io.millrace.raft.Proposal.Outcome;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proposals of a shard that are neither applied nor failed. Sees to it that exactly one of both
 * happens to each, whatever jraft does, and that the memory they hold is bounded. Thread-safe.
 */
final class InFlightProposals {

    private static final Logger LOG = LoggerFactory.getLogger(InFlightProposals.class);

    /**
     * Fewer than jraft's rings have places: when the state machine stands still, nobody waits in
     * jraft for a place and holds the node's lock meanwhile.
     */
    static final int LIMIT = ReplicaOptions.RING - 64;

    private final AtomicInteger count = new AtomicInteger();
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private final MemoryBudget budget;

    InFlightProposals(MemoryBudget budget) {
        this.budget = budget;
    }

    /**
     * @return null if there are too many, or the memory for it is used up
     */
    Pending add(Proposal proposal) {
        int bytes = proposal.data().remaining();
        if (count.incrementAndGet() > LIMIT || !budget.tryTake(bytes)) {
            count.decrementAndGet();
            return null;
        }
        Pending added = new Pending(proposal, bytes);
        pending.add(added);
        return added;
    }

    /** Fails whatever is left, when nothing more can come of it here. */
    void failAll(String reason) {
        pending.forEach(left -> left.fail(Outcome.UNKNOWN, reason));
    }

    int size() {
        return count.get();
    }

    /** A proposal on its way; also what jraft calls when it fails. */
    final class Pending implements Closure {

        private final Proposal proposal;
        private final int bytes;
        private final AtomicBoolean over = new AtomicBoolean();

        private Pending(Proposal proposal, int bytes) {
            this.proposal = proposal;
            this.bytes = bytes;
        }

        ByteBuffer data() {
            return proposal.data().duplicate();
        }

        /**
         * Takes it to be applied.
         *
         * @return null if it has failed meanwhile: the entry is then applied as if another broker
         *     had proposed it
         */
        Proposal take() {
            return finish() ? proposal : null;
        }

        /** jraft's word that the proposal is not going to be applied under its name. */
        @Override
        public void run(Status status) {
            fail(ProposalOutcomes.of(status), status.getErrorMsg());
        }

        void fail(Outcome outcome, String reason) {
            if (finish()) {
                tell(proposal, outcome, reason);
            }
        }

        private boolean finish() {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            pending.remove(this);
            count.decrementAndGet();
            budget.give(bytes);
            return true;
        }
    }

    /** Proposals are foreign code on jraft's threads. */
    static void tell(Proposal proposal, Outcome outcome, String reason) {
        try {
            proposal.failed(outcome, reason == null ? "no reason given" : reason);
        } catch (RuntimeException e) {
            LOG.error("A proposal threw when it was told that it failed", e);
        }
    }
}
