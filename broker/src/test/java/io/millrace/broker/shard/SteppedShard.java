package io.millrace.broker.shard;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.StateMachine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A shard of one replica that applies entries to a real state machine, at once or when the test
 * says so, and can lose its lead. It leads in term 1. For one thread.
 */
public final class SteppedShard extends StillShard {

    private final int id;
    private final StateMachine machine;
    private final Deque<Proposal> held = new ArrayDeque<>();
    private boolean holds;
    private boolean busy;
    private Runnable watch = () -> {};
    private int proposed;
    private long term = 1;
    private long lastTerm = 1;
    private long index;

    public SteppedShard(int id, StateMachine machine) {
        this.id = id;
        this.machine = machine;
    }

    /** Another broker leads. What is held may or may not have reached it: the test says which. */
    public void resign(boolean heldIsApplied) {
        resign(heldIsApplied ? held.size() : 0);
    }

    /**
     * Another broker leads.
     *
     * @param kept so many of the oldest entries that are held have reached it
     */
    public void resign(int kept) {
        term = 0;
        machine.leaderStopped();
        fail(kept, "stepped down");
    }

    /** It leads in the next term. */
    public void lead() {
        term = ++lastTerm;
        machine.leaderStarted(term);
    }

    /** The next term has begun, it leads on; nobody has been told yet. */
    public void beginTerm() {
        term = ++lastTerm;
    }

    /** From now on entries wait until they are released. */
    public void hold() {
        holds = true;
    }

    /** Applies what waits; from now on, whatever comes. */
    public void release() {
        holds = false;
        applyHeld();
    }

    /** Applies what waits. */
    public void applyHeld() {
        while (!held.isEmpty()) {
            applyNext();
        }
    }

    /** Applies the oldest entry that waits. */
    public void applyNext() {
        apply(held.remove());
    }

    /** Nobody knows what becomes of what waits; it leads on. */
    public void forget() {
        forget(0);
    }

    /**
     * Nobody knows what becomes of what waits; it leads on.
     *
     * @param applied so many of the oldest are applied all the same
     */
    public void forget(int applied) {
        fail(applied, "nobody knows");
    }

    /** Runs after each entry that is applied. */
    public void watch(Runnable afterEach) {
        watch = afterEach;
    }

    /** What waits, the oldest first. */
    public Deque<Proposal> held() {
        return held;
    }

    /** Whether what is proposed is refused for a while. */
    public void setBusy(boolean refuses) {
        busy = refuses;
    }

    /** How many entries were proposed, refused or not. */
    public int proposed() {
        return proposed;
    }

    private void fail(int applied, String why) {
        List<Proposal> all = new ArrayList<>(held);
        held.clear();
        all.subList(0, applied).forEach(proposal -> apply(proposal, null));
        all.forEach(proposal -> proposal.failed(Proposal.Outcome.UNKNOWN, why));
    }

    private void apply(Proposal proposal) {
        apply(proposal, proposal);
    }

    /** Applies an entry, and tells whoever waits. */
    private void apply(Proposal entry, Proposal waits) {
        machine.apply(++index, lastTerm, entry.data().duplicate(), waits);
        watch.run();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long leadingTerm() {
        return term;
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        proposed++;
        if (expectedTerm != term) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "not in this term");
        } else if (busy) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_BUSY, "busy");
        } else if (holds) {
            held.add(proposal);
        } else {
            apply(proposal);
        }
    }

    @Override
    public ShardStatus status() {
        return new ShardStatus(
                id,
                ShardStatus.Role.LEADER,
                term,
                1,
                Members.voting(new Member(1, 1)),
                List.of(),
                index,
                index,
                0,
                1,
                index,
                "");
    }
}
