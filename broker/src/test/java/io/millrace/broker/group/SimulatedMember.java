package io.millrace.broker.group;

import io.millrace.broker.group.GroupResult.JoinOutcome;
import io.millrace.broker.group.GroupResult.Joined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A process that is a member: it joins, processes what it holds, commits, gives up what it is told
 * to, and may be silent, late or dead at any time.
 */
final class SimulatedMember {

    /** What it says, and when that arrives. */
    record Message(int atStep, Runnable delivery) {}

    private static final int RETRY_STEPS = 6;

    final Joining joining;
    boolean alive = true;
    int pausedUntil;
    private final Random random;
    private final GroupAudit audit;
    private final SimulatedTopics topics;
    private final Map<PartitionKey, Work> work = new TreeMap<>();
    private MemberStay stay;
    private int silentSteps;
    private int askedAtStep = -RETRY_STEPS;

    private static final class Work {
        final long epoch;
        long position;

        Work(long epoch, long position) {
            this.epoch = epoch;
            this.position = position;
        }
    }

    SimulatedMember(Random random, Joining joining, GroupAudit audit, SimulatedTopics topics) {
        this.random = random;
        this.joining = joining;
        this.audit = audit;
        this.topics = topics;
    }

    MemberStay stay() {
        return stay;
    }

    boolean attends() {
        return alive && stay != null;
    }

    /** One second of its life. */
    void step(GroupSimulation world) {
        if (!alive || pausedUntil > world.step()) {
            return;
        }
        if (stay == null) {
            join(world);
            return;
        }
        heartbeat(world);
        if (stay == null) {
            return;
        }
        if (!world.loses()) {
            take(world);
        }
        process(world.isCalm() ? Integer.MAX_VALUE : random.nextInt(8));
        if (random.nextInt(3) == 0 || world.isCalm()) {
            commit(world);
        }
    }

    void leave(GroupSimulation world, boolean restarting) {
        alive = false;
        if (stay != null) {
            MemberCommit last = new MemberCommit(stay, entries(work.keySet()));
            world.send(() -> world.coordinator().leave(last, world.timeMs(), restarting));
        }
    }

    private void join(GroupSimulation world) {
        if (world.step() - askedAtStep >= RETRY_STEPS) {
            askedAtStep = world.step();
            world.send(() -> world.coordinator().join(joining, outcome -> joined(world, outcome)));
        }
    }

    private void joined(GroupSimulation world, JoinOutcome outcome) {
        if (alive && stay == null && outcome instanceof Joined joined && !world.loses()) {
            stay = joined.stay();
            silentSteps = 0;
        }
        askedAtStep = -RETRY_STEPS;
    }

    private void heartbeat(GroupSimulation world) {
        if (world.loses()) {
            silentSteps++;
        } else if (world.coordinator().heartbeat(stay)) {
            silentSteps = 0;
        } else {
            drop(); // fenced, and told so
            return;
        }
        if (silentSteps * 1_000L > world.group().config().leaseMs()) {
            drop(); // not heard for a lease: it holds nothing any more
        }
    }

    private void drop() {
        stay = null;
        work.clear();
    }

    /** Takes its assignment: begins what is new where it was committed, gives up what it must. */
    private void take(GroupSimulation world) {
        GroupState group = world.seenBy(this);
        if (!group.isPresent(stay)) {
            return;
        }
        MemberAssignment assignment = group.assignment(stay.memberId());
        Map<PartitionKey, Work> kept = new TreeMap<>();
        for (AssignedPartition one : assignment.held()) {
            Work present = work.get(one.partition());
            kept.put(
                    one.partition(),
                    present != null && present.epoch == one.assignmentEpoch()
                            ? present
                            : new Work(
                                    one.assignmentEpoch(),
                                    group.committed(one.partition())
                                            .map(CommittedOffset::offset)
                                            .orElse(0L)));
        }
        List<CommitEntry> released = new ArrayList<>();
        for (AssignedPartition one : assignment.revoked()) {
            Work present = work.get(one.partition());
            boolean has = present != null && present.epoch == one.assignmentEpoch();
            if (random.nextInt(3) > 0 || world.isCalm()) {
                long offset = has ? present.position : CommitEntry.NOTHING;
                released.add(new CommitEntry(one, offset, ""));
            } else if (has) {
                kept.put(one.partition(), present);
            }
        }
        work.clear();
        work.putAll(kept);
        if (!released.isEmpty()) {
            MemberCommit last = new MemberCommit(stay, released);
            world.send(() -> world.coordinator().release(last, world.timeMs()));
        }
    }

    private void process(int atMost) {
        work.forEach(
                (partition, one) -> {
                    long to = Math.min(topics.end(partition), one.position + atMost);
                    if (one.position < to) {
                        audit.processed(partition, one.position, to);
                        one.position = to;
                    }
                });
    }

    private void commit(GroupSimulation world) {
        if (!work.isEmpty()) {
            MemberCommit commit = new MemberCommit(stay, entries(work.keySet()));
            world.send(() -> world.coordinator().commit(commit, world.timeMs(), commits -> {}));
        }
    }

    private List<CommitEntry> entries(Iterable<PartitionKey> partitions) {
        List<CommitEntry> entries = new ArrayList<>();
        for (PartitionKey partition : partitions) {
            Work one = work.get(partition);
            entries.add(
                    new CommitEntry(new AssignedPartition(partition, one.epoch), one.position, ""));
        }
        return entries;
    }

    /** Whether it holds just what it is assigned, and nothing is left to do or to commit. */
    boolean isThrough(GroupState group) {
        MemberAssignment assignment = group.assignment(joining.memberId());
        return assignment.revoked().isEmpty()
                && assignment.held().size() == work.size()
                && assignment.held().stream()
                        .allMatch(
                                one -> {
                                    Work present = work.get(one.partition());
                                    long end = topics.end(one.partition());
                                    return present != null
                                            && present.epoch == one.assignmentEpoch()
                                            && present.position == end
                                            && group.committed(one.partition())
                                                            .map(CommittedOffset::offset)
                                                            .orElse(0L)
                                                    == end;
                                });
    }
}
