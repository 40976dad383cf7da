package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.millrace.raft.Proposal;
import io.millrace.raft.Proposal.Outcome;
import io.millrace.raft.StateMachine;
import io.millrace.raft.StateMachine.Checkpoint;
import io.millrace.raft.StateMachine.CheckpointMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a shard has committed to its state machine, on jraft's one thread for it. Entries
 * without bytes are the shard's own and pass by.
 */
final class AppliedEntries extends StateMachineAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AppliedEntries.class);

    private final int shard;
    private final StateMachine machine;
    private final Checkpointer checkpointer;
    private final Runnable leaderChanged;
    private final Consumer<String> halt;

    private boolean started;

    private volatile long leadingTerm;
    private volatile long lastIndex;
    private volatile String failure = "";

    /**
     * @param leaderChanged hears that another leads, or none; must not block
     * @param halt stops the replica; called on jraft's thread and must not block
     */
    AppliedEntries(
            int shard,
            StateMachine machine,
            Checkpointer checkpointer,
            Runnable leaderChanged,
            Consumer<String> halt) {
        this.shard = shard;
        this.machine = machine;
        this.checkpointer = checkpointer;
        this.leaderChanged = leaderChanged;
        this.halt = halt;
    }

    /** See {@link io.millrace.raft.Shard#leadingTerm}. */
    long leadingTerm() {
        return leadingTerm;
    }

    /** The last index that reached the state machine, or came with its checkpoint. */
    long lastIndex() {
        return lastIndex;
    }

    /** See {@link StateMachine#wantsCheckpoint}. */
    boolean wantsCheckpoint() {
        return failure.isEmpty() && machine.wantsCheckpoint();
    }

    /** Why the shard has stopped; empty if it has not. */
    String failure() {
        return failure;
    }

    /** What it throws stops the replica at that entry: jraft sees to it. */
    @Override
    public void onApply(Iterator entries) {
        start();
        while (entries.hasNext()) {
            apply(entries);
            lastIndex = entries.getIndex();
            entries.next();
        }
        machine.applied(lastIndex);
    }

    private void apply(Iterator entries) {
        Closure done = entries.done();
        ByteBuffer data = entries.getData();
        if (!data.hasRemaining()) {
            return;
        }
        Proposal proposal =
                done instanceof InFlightProposals.Pending
                        ? ((InFlightProposals.Pending) done).take()
                        : null;
        try {
            // A view of its own: the disk thread and replicators read the same bytes.
            machine.apply(entries.getIndex(), entries.getTerm(), data.slice(), proposal);
        } catch (RuntimeException | Error e) {
            failure = "entry " + entries.getIndex() + " could not be applied: " + e;
            if (proposal != null) {
                InFlightProposals.tell(proposal, Outcome.UNKNOWN, failure);
            }
            throw e;
        }
    }

    private void start() {
        if (!started) {
            try {
                machine.started();
            } catch (IOException e) {
                failure = "its state machine could not start: " + e;
                throw new UncheckedIOException(failure, e);
            }
            started = true;
        }
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        return reader instanceof CheckpointSnapshots.Installed
                ? install(((CheckpointSnapshots.Installed) reader).manifest())
                : restore(((CheckpointSnapshots.Restored) reader).manifest());
    }

    private boolean restore(CheckpointManifest manifest) {
        try {
            machine.restore(manifest.mark(), manifest.payload().duplicate());
            lastIndex = manifest.mark().index();
            start();
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("Shard {}: {} could not be restored", shard, manifest.mark(), e);
            failure = "its checkpoint could not be restored: " + e;
            return false;
        }
    }

    /** jraft cuts the log off once this has returned. */
    private boolean install(CheckpointManifest manifest) {
        CheckpointMark mark = manifest.mark();
        LOG.info("Shard {}: installs {} over entry {}", shard, mark, lastIndex);
        try {
            Checkpoint state = machine.install(mark, manifest.payload().duplicate());
            checkpointer.install(state, manifest.meta());
            lastIndex = mark.index();
            start();
            return true;
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("Shard {}: {} could not be installed", shard, mark, e);
            failure = "the checkpoint of its leader could not be installed: " + e;
            return false;
        }
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        try {
            Checkpoint copy = machine.checkpoint();
            checkpointer.finish(copy, writer.getCurrentMeta(), done);
        } catch (RuntimeException | Error e) {
            LOG.error("Shard {}: no checkpoint could be taken", shard, e);
            done.run(new Status(RaftError.EINTERNAL, "no checkpoint could be taken: %s", e));
        }
    }

    /**
     * jraft calls it when the first entry of the term is committed, and all before it applied. It
     * must not throw: jraft would apply the same entries again.
     */
    @Override
    public void onLeaderStart(long term) {
        guarded(
                "start to lead",
                () -> {
                    start();
                    LOG.info("Shard {}: leads in term {}", shard, term);
                    leadingTerm = term;
                    machine.leaderStarted(term);
                });
        leaderChanged.run();
    }

    @Override
    public void onLeaderStop(Status status) {
        if (leadingTerm != 0) {
            LOG.info("Shard {}: does not lead any more: {}", shard, status.getErrorMsg());
            leadingTerm = 0;
            guarded("stop to lead", machine::leaderStopped);
        }
        leaderChanged.run();
    }

    @Override
    public void onError(RaftException error) {
        leadingTerm = 0;
        if (failure.isEmpty()) {
            failure = String.valueOf(error.getStatus().getErrorMsg());
        }
        LOG.error("Shard {}: stopped: {}", shard, failure);
        guarded("say that it failed", () -> machine.failed(failure));
        leaderChanged.run();
    }

    private void guarded(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Shard {}: could not {}", shard, what, e);
            leadingTerm = 0;
            if (failure.isEmpty()) {
                failure = "it could not " + what + ": " + e;
                halt.accept(failure);
            }
        }
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        LOG.info("Shard {}: follows {}", shard, context.getLeaderId());
        leaderChanged.run();
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        LOG.info("Shard {}: does not follow {} any more", shard, context.getLeaderId());
        leaderChanged.run();
    }

    @Override
    public void onConfigurationCommitted(Configuration configuration) {
        LOG.info("Shard {}: its members are {}", shard, configuration);
    }

    @Override
    public void onShutdown() {}
}
