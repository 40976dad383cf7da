package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupCommand.CommitOffsets;
import io.millrace.broker.group.GroupCommand.LeaveGroup;
import io.millrace.broker.group.GroupCommand.ReleasePartitions;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupResult.Commits;
import io.millrace.broker.group.MemberStay;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * What members want to be written, of each member in the order in which it was said. Commits that
 * wait together travel as one entry. Used on the coordinator's lane.
 *
 * <p>An entry may be refused for a while since the shard is busy, and the next one be taken. So a
 * member has one entry under way at a time: what it says meanwhile waits behind that, and a release
 * never overtakes the commit before it, which would then count no more.
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

    /** For each stay with an entry that is under way, or is to be tried again, what comes after. */
    private final Map<MemberStay, Deque<MemberChange>> behind = new HashMap<>();

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
            if (next.isEmpty()) {
                return; // all that waits is behind others now
            }
            inFlight++;
            log.propose(
                    command(next),
                    result -> applied(next, result),
                    failure -> failed(next, failure));
        }
    }

    /** Proposes again what the shard was too busy for. To be called with every tick. */
    void tick() {
        List<MemberChange> first = new ArrayList<>(again);
        first.addAll(after(again));
        again.clear();
        putFirst(first);
        propose();
    }

    /** What came after these, of which nothing is under way any more. */
    private List<MemberChange> after(List<MemberChange> over) {
        List<MemberChange> next = new ArrayList<>();
        for (MemberChange change : over) {
            Deque<MemberChange> later = behind.remove(change.stay());
            if (later != null) {
                next.addAll(later);
            }
        }
        return next;
    }

    /** Before all that waits: that may have been said later by the same members. */
    private void putFirst(List<MemberChange> changes) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            waiting.addFirst(changes.get(i));
        }
    }

    /** Whether everything was answered. */
    boolean isEmpty() {
        return waiting.isEmpty() && again.isEmpty() && inFlight == 0;
    }

    private List<MemberChange> takeNext() {
        List<MemberChange> taken = new ArrayList<>();
        Set<MemberStay> together = new HashSet<>();
        int bytes = 0;
        while (!waiting.isEmpty()) {
            MemberChange next = waiting.peek();
            if (behind.containsKey(next.stay()) && !together.contains(next.stay())) {
                behind.get(next.stay()).add(waiting.poll());
                continue;
            }
            boolean commit = next.kind() == MemberChange.Kind.COMMIT;
            bytes += next.bytes();
            boolean fits = commit && taken.size() < MAX_ENTRY_COMMITS && bytes <= MAX_ENTRY_BYTES;
            if (!taken.isEmpty() && !fits) {
                break;
            }
            taken.add(waiting.poll());
            if (together.add(next.stay())) {
                behind.put(next.stay(), new ArrayDeque<>());
            }
            if (!commit) {
                break;
            }
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
        putFirst(after(changes));
        propose();
    }

    private void failed(List<MemberChange> changes, MillraceException failure) {
        inFlight--;
        long now = nanoTime.getAsLong();
        List<MemberChange> over = new ArrayList<>();
        Set<MemberStay> retried = new HashSet<>();
        for (MemberChange change : changes) {
            if (Failures.passes(failure) && !change.isLate(now)) {
                again.add(change);
                retried.add(change.stay());
            } else {
                release(change);
                failed.accept(change, failure);
                over.add(change);
            }
        }
        over.removeIf(change -> retried.contains(change.stay()));
        putFirst(after(over));
        propose();
    }
}
