package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import io.millrace.raft.Proposal;
import io.millrace.raft.Proposal.Outcome;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStanding;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardUnavailableException;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica of a shard: jraft's node with our storages, and what jraft does not promise itself. */
final class JraftShard implements Shard {

    private static final Logger LOG = LoggerFactory.getLogger(JraftShard.class);

    private final int id;
    private final ReplicaNode node;
    private final ReplicaView view;
    private final ReplicaMembers members;
    private final IdleShard idle;
    private final LongSupplier nanoTime;
    private final ReplicaNodeOptions nodeOptions;
    private final LeaderContact contact;
    private final PeerLinks links;
    private final ReplicatorWatch replicatorWatch;
    private final StateMachine machine;
    private final ReplicaStorages storages;
    private final CheckpointStore checkpoints;
    private final CheckpointTurns turns;
    private final ReceivedEntries received;
    private final AppliedEntries applied;
    private final InFlightProposals inFlight;
    private final int maxEntryBytes;
    private final long readTimeoutMillis;

    /** When it was last seen to work. */
    private long workedNanos;

    private volatile boolean closed;
    private volatile String refusal = "";

    JraftShard(
            int id,
            PeerId self,
            String group,
            ReplicaStorages storages,
            CheckpointStore checkpoints,
            Checkpointer checkpointer,
            StateMachine machine,
            ShardSurroundings around) {
        RaftEngineOptions options = around.options();
        this.id = id;
        this.nanoTime = around.nanoTime();
        this.workedNanos = nanoTime.getAsLong();
        this.links = around.links();
        this.machine = machine;
        this.storages = storages;
        this.checkpoints = checkpoints;
        this.applied =
                new AppliedEntries(
                        id,
                        machine,
                        checkpointer,
                        () -> around.listener().leaderChanged(id),
                        this::halt);
        this.contact = new LeaderContact(around.nanoTime(), this::appliedIndex);
        CandidacyGate gate =
                new CandidacyGate(
                        () -> machine.isWhole() && !around.disk().isStalled(),
                        contact,
                        options.candidacyHold().toNanos());
        FollowerProgress progress = new FollowerProgress(around.nanoTime());
        GoneLeader goneLeader = new GoneLeader(contact, storages.vote(), links);
        this.nodeOptions = new ReplicaNodeOptions(links, progress, gate, goneLeader);
        this.received =
                new ReceivedEntries(
                        around.received(),
                        () -> Math.min(appliedIndex(), storages.log().getLastLogIndex()),
                        this::hasNews,
                        () -> around.listener().appendRefused(id));
        this.node =
                new ReplicaNode(
                        group,
                        self,
                        storages.vote(),
                        contact,
                        gate,
                        goneLeader,
                        new Succession(options.succession().toNanos()),
                        received,
                        nanoTime);
        this.view = new ReplicaView(id, node, storages, checkpoints, applied, progress);
        this.idle = new IdleShard(id, node::apply, this::leadingTerm, this::standing);
        this.members =
                new ReplicaMembers(
                        id,
                        node,
                        storages.vote(),
                        progress,
                        storages.log()::getLastLogIndex,
                        idle::moveOn,
                        options);
        this.turns =
                new CheckpointTurns(id, node, checkpoints, view::hasNews, storages.log()::covered);
        this.inFlight = new InFlightProposals(around.proposed());
        this.maxEntryBytes = around.maxEntryBytes();
        this.readTimeoutMillis = options.readTimeout().toMillis();
        ReplicaOptions.fill(nodeOptions, options, storages);
        nodeOptions.setFsm(applied);
        this.replicatorWatch = new ReplicatorWatch(id, node, nodeOptions);
    }

    /**
     * Takes part in the group. Blocks on the disk.
     *
     * @param initial the members if the log is empty
     * @throws IOException if it could not; nothing of it runs any more
     */
    void open(Configuration initial) throws IOException {
        nodeOptions.setInitialConf(initial);
        boolean started = false;
        try {
            started = node.init(nodeOptions);
        } finally {
            if (!started) {
                node.shutdown();
            }
        }
        if (!started) {
            String reason = applied.failure();
            throw new IOException(
                    "shard "
                            + id
                            + " could not start: "
                            + (reason.isEmpty() ? "see the log before this" : reason));
        }
        if (storages.log().handOver()) {
            node.updateConfigurationAfterInstallingSnapshot();
        }
        meetVoters();
        node.open();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long leadingTerm() {
        return closed ? 0 : applied.leadingTerm();
    }

    @Override
    public void propose(Proposal proposal, long expectedTerm) {
        checkData(proposal.data());
        if (!refusal.isEmpty() && !proposal.freesSpace()) {
            InFlightProposals.tell(proposal, Outcome.NOT_APPLIED_WAL_FULL, refusal);
            return;
        }
        if (expectedTerm < 1) {
            String reason = "no leader has the term " + expectedTerm;
            InFlightProposals.tell(proposal, Outcome.NOT_APPLIED_NOT_LEADER, reason);
            return;
        }
        InFlightProposals.Pending pending = inFlight.add(proposal);
        if (pending == null) {
            String reason = "too many proposals are under way, or too large ones";
            InFlightProposals.tell(proposal, Outcome.NOT_APPLIED_BUSY, reason);
        } else if (closed) {
            pending.fail(Outcome.NOT_APPLIED_NOT_LEADER, "the broker is stopping");
        } else {
            apply(pending, expectedTerm);
        }
    }

    private void checkData(ByteBuffer data) {
        if (!data.hasArray() || !data.hasRemaining() || data.remaining() > maxEntryBytes) {
            throw new IllegalArgumentException(
                    "a proposal must be 1 to "
                            + maxEntryBytes
                            + " bytes, backed by an array; it is "
                            + data);
        }
    }

    private void apply(InFlightProposals.Pending pending, long expectedTerm) {
        try {
            node.apply(new Task(pending.data(), pending, expectedTerm));
        } catch (RuntimeException e) {
            // The node is being closed under our hands; it may have taken the task, or not.
            pending.fail(Outcome.UNKNOWN, "the broker is stopping: " + e);
        }
    }

    /** Moves it on while nobody writes. */
    IdleShard idle() {
        return idle;
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        if (closed) {
            barrier.completeExceptionally(stopping());
            return barrier;
        }
        links.readBegun(node.getGroupId());
        barrier.whenComplete((none, error) -> links.readEnded(node.getGroupId()));
        try {
            node.readIndex(
                    new byte[0],
                    new ReadIndexClosure(readTimeoutMillis) {
                        @Override
                        public void run(Status status, long index, byte[] context) {
                            if (status.isOk()) {
                                barrier.complete(null);
                            } else {
                                barrier.completeExceptionally(unavailable(status.getErrorMsg()));
                            }
                        }
                    });
        } catch (RuntimeException e) {
            barrier.completeExceptionally(stopping());
        }
        return barrier;
    }

    @Override
    public long stalenessNanos() {
        return leadingTerm() > 0 ? 0 : contact.stalenessNanos();
    }

    @Override
    public CompletableFuture<Long> checkpoint() {
        return turns.next();
    }

    /** For the schedule, which asks again and again: nothing is to queue behind a slow one. */
    void checkpointUnlessTaking() {
        if (!turns.isTaking()) {
            turns.next();
        }
    }

    /**
     * What the schedule of checkpoints asks.
     *
     * @param withWish whether to ask the state machine too, which may look at all that it holds
     */
    CheckpointSchedule.Load load(boolean withWish) {
        return view.load(withWish);
    }

    private long appliedIndex() {
        return view.appliedIndex();
    }

    /** Changes whenever its log gets longer or its state machine further. */
    long progress() {
        return storages.log().getLastLogIndex() + appliedIndex();
    }

    private boolean hasNews() {
        return view.hasNews();
    }

    /** Looks after the replication to the others. To be called now and then, by one thread. */
    void watchReplicators(long now) {
        if (!closed) {
            replicatorWatch.tick(storages.vote().getTerm(), storages.log().getLastLogIndex(), now);
        }
    }

    /**
     * Forgets what applying has settled. To be called now and then, by one thread.
     *
     * @param journalFull whether no more entries are to be taken from a leader elsewhere
     */
    void settle(boolean journalFull) {
        received.journalIsFull(journalFull);
        storages.log().members().committed(appliedIndex());
        if (node.getNodeState().isActive()) {
            received.settle();
        } else {
            received.cutAfter(0);
        }
    }

    /** What the rule for giving replicas up asks; by one thread. */
    GiveUpRule.Replica worth() {
        long now = nanoTime.getAsLong();
        if (view.role() != ShardStatus.Role.FAILED) {
            workedNanos = now;
        }
        return new GiveUpRule.Replica(
                id,
                now - workedNanos,
                storages.log().members().isExpendable(),
                contact.silentNanos());
    }

    /** Gives the leadership away if it has it and anybody is there to take it. */
    void handOver() {
        if (leadingTerm() > 0) {
            members.transferLeadership(0)
                    .whenComplete(
                            (none, error) ->
                                    LOG.info(
                                            "Shard {}: the leadership is given away{}",
                                            id,
                                            error == null ? "" : "; not yet: " + error));
        }
    }

    /**
     * Has the other voters connected, which a follower needs only when it stands for election: that
     * is too late to begin with it.
     */
    void meetVoters() {
        for (PeerId voter : node.getCurrentConf().getPeers()) {
            if (!voter.equals(node.getServerId())) {
                links.meet(ReplicaAddress.node(voter));
            }
        }
    }

    /** See {@link ReplicaNode#succeed}. */
    boolean succeed(long turnMillis) {
        return !closed && node.succeed(turnMillis);
    }

    /**
     * Refuses proposals from now on, or takes them again.
     *
     * @param reason why; empty to take them
     */
    void refuse(String reason) {
        refusal = reason;
    }

    @Override
    public ShardStatus status() {
        return view.status(closed, refusal);
    }

    @Override
    public ShardStanding standing() {
        return view.standing(closed);
    }

    /**
     * A part of a checkpoint that this replica offers to others. Blocks on the disk.
     *
     * @throws IOException if it does not offer it any more, or the disk failed
     */
    CheckpointPart checkpointPart(long index, long offset, int maxBytes) throws IOException {
        CheckpointStore.Pin pin = checkpoints.pinned(index);
        if (pin == null) {
            throw new IOException("shard " + id + " does not offer the checkpoint " + index);
        }
        ByteBuffer content = pin.content(machine);
        int total = content.remaining();
        int from = (int) Math.max(0, Math.min(offset, total));
        int bytes = Math.min(maxBytes, total - from);
        return new CheckpointPart(total, content.slice(from, bytes));
    }

    /** Changes its members and its leader. */
    ReplicaMembers members() {
        return members;
    }

    /** Stops taking proposals; the rest of the closing may take its time. */
    void stopProposing() {
        closed = true;
    }

    /**
     * Stops the replica and answers every proposal. Blocks.
     *
     * @return false if it did not stop in time
     */
    boolean close(long timeoutNanos) throws InterruptedException {
        closed = true;
        CountDownLatch down = new CountDownLatch(1);
        node.shutdown(status -> down.countDown());
        boolean stopped = down.await(timeoutNanos, TimeUnit.NANOSECONDS);
        if (stopped) {
            storages.vote().close();
        }
        received.cutAfter(0);
        inFlight.failAll("the broker stopped before it was applied");
        turns.close();
        return stopped;
    }

    /**
     * Stops the replica. Not on the calling thread: it may be the one that jraft would wait for.
     */
    void halt(String reason) {
        if (!node.getNodeState().isActive()) {
            return;
        }
        RaftException error =
                new RaftException(
                        ErrorType.ERROR_TYPE_STATE_MACHINE, RaftError.ESTATEMACHINE, "%s", reason);
        ThreadPoolsFactory.runInThread(node.getGroupId(), () -> node.onError(error));
    }

    private ShardUnavailableException stopping() {
        return unavailable("the broker is stopping");
    }

    private ShardUnavailableException unavailable(String reason) {
        return new ShardUnavailableException("shard " + id + ": " + reason);
    }
}
