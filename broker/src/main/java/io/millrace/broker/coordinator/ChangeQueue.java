package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * What members want to be written, in the order in which they said it. Commits that wait together
 * travel as one entry. Used on the coordinator's lane.
 */
final class ChangeQueue {

    /** What members have said and was not answered, of all of them together. */
    private static final long MAX_WAITING_BYTES = 32L << 20;

    private static final int MAX_IN_FLIGHT = 16;
    private static final int MAX_ENTRY_BYTES = 1 << 20;
    private static final int MAX_ENTRY_COMMITS = 1_000;

    private final long groupId;
    private final GroupLog log;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final BiConsumer<MemberChange, MillraceException> failed;
    private final Deque<MemberChange> waiting = new ArrayDeque<>();
    private final List<MemberChange> again = new ArrayList<>();
    private long waitingBytes;
    private int inFlight;

    /**
     * @param failed hears of a change of which nothing was written, for as long as anybody knows,
     *     and that is not to be tried again
     */
    ChangeQueue(
            long groupId,
            GroupLog log,
            Clock clock,
            LongSupplier nanoTime,
            BiConsumer<MemberChange, MillraceException> failed) {
        this.groupId = groupId;
        this.log = log;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.failed = failed;
    }

    /** Whether there is room for a change; {@link #release} gives it back. */
    boolean reserve(MemberChange change) {
        if (waitingBytes + change.bytes() > MAX_WAITING_BYTES && waitingBytes > 0) {
            return false;
        }
        waitingBytes += change.bytes();
        return true;
    }

    /** A change was answered, or nobody waits for it any more. */
    void release(MemberChange change) {
        waitingBytes -= change.bytes();
    }

    /** A change is to be written; {@link #propose} comes soon. */
    void add(MemberChange change) {
        waiting.add(change);
    }

    /** Proposes what waits. */
    void propose() {
        while (inFlight < MAX_IN_FLIGHT && !waiting.isEmpty()) {
            List<MemberChange> next = takeNext();
            inFlight++;
            log.propose(
                    command(next),
                    result -> applied(next, result),
                    failure -> failed(next, failure));
        }
    }

    /** Proposes again what the shard was too busy for. To be called with every tick. */
    void tick() {
        waiting.addAll(again);
        again.clear();
        propose();
    }

    /** Whether everything was answered. */
    boolean isEmpty() {
        return waiting.isEmpty() && again.isEmpty() && inFlight == 0;
    }

    private List<MemberChange> takeNext() {
        List<MemberChange> taken = new ArrayList<>();
        taken.add(waiting.poll());
        if (taken.get(0).kind() != MemberChange.Kind.COMMIT) {
            return taken;
        }
        int bytes = taken.get(0).bytes();
        while (taken.size() < MAX_ENTRY_COMMITS && !waiting.isEmpty()) {
            MemberChange next = waiting.peek();
            bytes += next.bytes();
            if (next.kind() != MemberChange.Kind.COMMIT || bytes > MAX_ENTRY_BYTES) {
                break;
            }
            taken.add(waiting.poll());
        }
        return taken;
    }

    private GroupCommand command(List<MemberChange> changes) {
        long now = Math.max(0, clock.millis());
        MemberChange first = changes.get(0);
        return switch (first.kind()) {
            case COMMIT ->
                    new CommitOffsets(
                            groupId, now, changes.stream().map(MemberChange::commit).toList());
            case RELEASE -> new ReleasePartitions(groupId, now, first.commit());
            case LEAVE -> new LeaveGroup(groupId, now, first.commit(), first.isRestarting());
        };
    }

    private void applied(List<MemberChange> changes, GroupResult result) {
        inFlight--;
        Commits commits = (Commits) result;
        for (int i = 0; i < changes.size(); i++) {
            release(changes.get(i));
            changes.get(i).done(commits.refused().get(i));
        }
        propose();
    }

    private void failed(List<MemberChange> changes, MillraceException failure) {
        inFlight--;
        long now = nanoTime.getAsLong();
        for (MemberChange change : changes) {
            if (Failures.passes(failure) && !change.isLate(now)) {
                again.add(change);
            } else {
                release(change);
                failed.accept(change, failure);
            }
        }
        propose();
    }
}
