package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the batches of publishers into entries of one shard. What waits together travels together:
 * an idle shard proposes a batch at once, a busy one proposes all that came meanwhile as one entry.
 * Large batches are not copied together: each is an entry, where it lies. No timer, no thread of
 * its own, no lock.
 *
 * <p>Order: batches of one {@link AppendLane} are proposed in the order of the calls and answered
 * in that order. Answers are never given on a thread that appends, so a stream may append under its
 * own lock. Thread-safe; no method blocks.
 */
public final class ShardWriter {

    /** The most bytes of a change of a group or of queues: as much as the largest batch. */
    public static final int MAX_CHANGE_BYTES = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ShardWriter.class);

    private final Shard shard;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final WriterLimits limits;
    private final WriteGate gate;
    private final ShardCounters counters;
    private final Executor answers;

    private final Queue<PendingAppend> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicInteger waitingBatches = new AtomicInteger();
    private final AtomicInteger entriesInFlight = new AtomicInteger();
    private final AtomicInteger aloneInFlight = new AtomicInteger();
    private final AtomicLong aloneBytesInFlight = new AtomicLong();
    private final Queue<PendingAppend> settled = new ConcurrentLinkedQueue<>();
    private final SerialLoop proposing = new SerialLoop(this::proposeWhatFits);
    private final SerialLoop answering = new SerialLoop(this::answerSettled);

    private volatile boolean expiryAsked;

    /**
     * @param clock for the time stamps of entries
     * @param nanoTime for deadlines
     * @param gate refuses batches while the disk is full or the broker stops
     * @param answers runs short tasks: the answers to what was refused or failed; takes tasks for
     *     as long as the writer is used
     */
    public ShardWriter(
            Shard shard,
            Clock clock,
            LongSupplier nanoTime,
            WriterLimits limits,
            WriteGate gate,
            ShardCounters counters,
            Executor answers) {
        this.shard = shard;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.limits = limits;
        this.gate = gate;
        this.counters = counters;
        this.answers = answers;
    }

    /**
     * Appends a batch that has passed the checks (header, CRC, size, rights).
     *
     * @param lane the stream's way into the partition
     * @param batch the bytes between position and limit; not to be changed any more. What is before
     *     them is written over: with room enough, a batch that goes alone is not copied
     * @param deadlineNanos it is not proposed after this time of the monotonic clock
     * @param callback hears its fate
     */
    public void append(
            AppendLane lane, ByteBuffer batch, long deadlineNanos, AppendCallback callback) {
        PendingAppend append = new PendingAppend(lane, batch, deadlineNanos, callback);
        lane.unanswered().add(append);
        Refused refusal = gate.refusal();
        if (refusal == null && lane.failed()) {
            refusal = PendingAppend.predecessorFailed();
        }
        if (refusal == null && !reserve(append.bytes())) {
            refusal = overloaded("the queue of shard " + shard.id() + " is full");
        }
        if (refusal != null) {
            refuse(append, refusal);
            return;
        }
        waiting.add(append);
        proposing.run();
    }

    /**
     * Proposes a command that stands alone. What is placed, trimmed or deleted passes the gate;
     * changes of groups and queues do not, but for dropping them.
     *
     * @param expectedTerm the term it is meant for
     * @return what came of it; fails with a {@link MillraceException}
     */
    public CompletableFuture<CommandResult> execute(ShardCommand command, long expectedTerm) {
        CommandProposal proposal = new CommandProposal(command, answers);
        Refused refusal = refusalOf(command, proposal.data().remaining());
        if (refusal != null) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(refusal.code(), refusal.message()));
        }
        propose(proposal, expectedTerm);
        return proposal.future();
    }

    /**
     * Refuses what has waited beyond its deadline. To be called about every 100 ms, since nothing
     * else looks at deadlines while the shard is stuck.
     */
    public void expireWaiting() {
        expiryAsked = true;
        proposing.run();
    }

    /** Batches that wait to be proposed. */
    public int waitingBatches() {
        return waitingBatches.get();
    }

    /** Entries that are proposed and not yet applied or failed. */
    public int entriesInFlight() {
        return entriesInFlight.get();
    }

    /** An entry is applied or has failed, and the fate of its batches is set. */
    void over(EntryProposal entry, boolean onApplyThread) {
        settled.addAll(entry.appends());
        count(entry, -1);
        if (onApplyThread) {
            answering.run();
        } else {
            answerElsewhere();
        }
        proposing.run();
    }

    private Refused refusalOf(ShardCommand command, int bytes) {
        boolean ofGroups = command instanceof ChangeGroup || command instanceof ChangeQueue;
        if (!ofGroups) {
            return null;
        }
        if (bytes > MAX_CHANGE_BYTES) {
            return new Refused(
                    ErrorCode.INVALID_ARGUMENT,
                    "a change of a group takes %,d bytes, at most %,d are allowed;"
                                    .formatted(bytes, MAX_CHANGE_BYTES)
                            + " name fewer partitions at a time, or commit shorter metadata");
        }
        return command.freesSpace() ? null : gate.refusal();
    }

    private boolean reserve(int bytes) {
        long total = waitingBytes.addAndGet(bytes);
        int count = waitingBatches.incrementAndGet();
        boolean fits = total <= limits.maxWaitingBytes() || total == bytes;
        if (fits && count <= limits.maxWaitingBatches()) {
            return true;
        }
        release(bytes);
        return false;
    }

    private void release(int bytes) {
        waitingBytes.addAndGet(-bytes);
        waitingBatches.decrementAndGet();
    }

    private void proposeWhatFits() {
        if (expiryAsked) {
            expiryAsked = false;
            refuseLate();
        }
        while (hasTurn(waiting.peek())) {
            List<PendingAppend> appends = takeNext();
            if (appends.isEmpty()) {
                return;
            }
            long term = appends.get(0).lane().term();
            EntryProposal entry = new EntryProposal(encode(appends), appends, this);
            counters.proposed(appends.size(), entry.data().remaining());
            count(entry, 1);
            propose(entry, term);
        }
    }

    private boolean hasTurn(PendingAppend next) {
        if (next == null) {
            return false;
        }
        int alone = aloneInFlight.get();
        if (goesAlone(next)) {
            long bytes = aloneBytesInFlight.get() + next.bytes();
            return alone == 0
                    || alone < limits.maxAloneInFlight() && bytes <= limits.maxAloneBytesInFlight();
        }
        return entriesInFlight.get() - alone < limits.maxEntriesInFlight();
    }

    private boolean goesAlone(PendingAppend append) {
        return append.bytes() >= limits.aloneBytes();
    }

    private void count(EntryProposal entry, int change) {
        entriesInFlight.addAndGet(change);
        PendingAppend first = entry.appends().get(0);
        if (goesAlone(first)) {
            aloneInFlight.addAndGet(change);
            aloneBytesInFlight.addAndGet((long) change * first.bytes());
        }
    }

    /** What goes into one entry: as much as waits, of one term, within the limits. */
    private List<PendingAppend> takeNext() {
        List<PendingAppend> taken = new ArrayList<>();
        long bytes = 0;
        while (taken.size() < limits.maxEntryBatches()) {
            PendingAppend next = waiting.peek();
            if (next == null) {
                break;
            }
            Refused refusal = refusalOf(next);
            if (refusal == null && !taken.isEmpty()) {
                boolean full =
                        bytes + next.bytes() > limits.maxEntryBytes()
                                || goesAlone(next)
                                || goesAlone(taken.get(0));
                if (full || next.lane().term() != taken.get(0).lane().term()) {
                    break;
                }
            }
            waiting.poll();
            release(next.bytes());
            if (refusal != null) {
                refuse(next, refusal);
            } else {
                taken.add(next);
                bytes += next.bytes();
            }
        }
        return taken;
    }

    private Refused refusalOf(PendingAppend append) {
        if (append.lane().failed()) {
            return PendingAppend.predecessorFailed();
        }
        if (append.isLate(nanoTime.getAsLong())) {
            return overloaded("the batch waited beyond its deadline to be proposed");
        }
        if (append.lane().term() != shard.leadingTerm()) {
            return new Refused(
                    ErrorCode.NOT_LEADER,
                    "this broker does not lead shard "
                            + shard.id()
                            + " in term "
                            + append.lane().term()
                            + " any more; refresh the cluster map");
        }
        return gate.refusal();
    }

    private void refuseLate() {
        long now = nanoTime.getAsLong();
        for (Iterator<PendingAppend> all = waiting.iterator(); all.hasNext(); ) {
            PendingAppend append = all.next();
            if (append.isLate(now)) {
                all.remove();
                release(append.bytes());
                refuse(append, overloaded("the batch waited beyond its deadline to be proposed"));
            }
        }
    }

    private ByteBuffer encode(List<PendingAppend> appends) {
        long timeMs = Math.max(0, clock.millis());
        PendingAppend first = appends.get(0);
        if (appends.size() == 1 && first.hasRoom()) {
            return CommandCodec.encodeInPlace(
                    timeMs, first.lane().partitionId(), first.takeBatch());
        }
        List<PartitionBatch> batches = new ArrayList<>(appends.size());
        for (PendingAppend append : appends) {
            batches.add(new PartitionBatch(append.lane().partitionId(), append.takeBatch()));
        }
        return CommandCodec.encode(new AppendBatches(timeMs, batches));
    }

    private void propose(Proposal proposal, long term) {
        try {
            shard.propose(proposal, term);
        } catch (RuntimeException e) {
            LOG.error("Shard {} threw instead of failing a proposal", shard.id(), e);
            proposal.failed(Proposal.Outcome.UNKNOWN, "the shard failed: " + e.getMessage());
        }
    }

    private void refuse(PendingAppend append, Refused refusal) {
        counters.refused(refusal.code());
        append.settle(refusal);
        settled.add(append);
        answerElsewhere();
    }

    private void answerElsewhere() {
        try {
            answers.execute(answering::run);
        } catch (RejectedExecutionException e) {
            LOG.warn("Shard {} gives no answers any more: the broker stops", shard.id());
        }
    }

    private void answerSettled() {
        for (PendingAppend one = settled.poll(); one != null; one = settled.poll()) {
            Queue<PendingAppend> lane = one.lane().unanswered();
            PendingAppend head = lane.peek();
            while (head != null && head.result() != null) {
                lane.poll();
                answer(head);
                head = lane.peek();
            }
        }
    }

    private static void answer(PendingAppend append) {
        try {
            append.callback().answered(append.result());
        } catch (RuntimeException e) {
            LOG.error("A publisher's callback threw; its answer may be lost", e);
        }
    }

    private static Refused overloaded(String message) {
        return new Refused(ErrorCode.OVERLOADED, message + "; slow down or try again later");
    }
}
