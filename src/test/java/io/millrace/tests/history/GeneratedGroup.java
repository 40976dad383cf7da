package io.millrace.tests.history;

import io.millrace.tests.history.GeneratedHistory.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A group in stream mode that goes through the logs of a generated history as it should: partitions
 * move in order or are lost, commits are answered late or never, members that stood still are
 * refused.
 */
final class GeneratedGroup {

    private static final long NOTHING = -1;

    private static final class Owner {
        final int client;
        final int epoch;
        long position;
        long calledAt;

        Owner(int client, int epoch, long position) {
            this.client = client;
            this.epoch = epoch;
            this.position = position;
        }
    }

    private record Pending(Owner owner, long offset, long number, boolean known) {}

    private final GeneratedHistory history;
    private final Random random;
    private final Owner[] owners;

    /** By partition: who was owner before and has not noticed. */
    private final List<List<Owner>> zombies = new ArrayList<>();

    private final List<List<Pending>> pending = new ArrayList<>();
    private final long[] committed;
    private int epoch;
    private long number;

    private GeneratedGroup(GeneratedHistory history, Random random) {
        this.history = history;
        this.random = random;
        this.owners = new Owner[history.partitions()];
        this.committed = new long[history.partitions()];
        for (int i = 0; i < committed.length; i++) {
            committed[i] = NOTHING;
            zombies.add(new ArrayList<>());
            pending.add(new ArrayList<>());
        }
    }

    /** Adds a group to a history. */
    static void join(GeneratedHistory history, Random random) {
        GeneratedGroup group = new GeneratedGroup(history, random);
        for (int partition = 0; partition < history.partitions(); partition++) {
            group.assign(partition);
            while (group.owners[partition].position < history.log(partition).size()) {
                group.step(partition);
            }
            group.end(partition);
        }
    }

    private void step(int partition) {
        int choice = random.nextInt(1_000);
        if (choice < 560) {
            poll(partition);
        } else if (choice < 720) {
            ask(partition, owners[partition], true);
        } else if (choice < 890) {
            answer(partition);
        } else if (choice < 940) {
            revoke(partition);
        } else if (choice < 970) {
            overtake(partition);
        } else if (choice < 998) {
            wake(partition);
        } else {
            seek(partition);
        }
    }

    private Event event(Owner owner, EventKind kind, int partition) {
        Event event = history.add(owner.client, kind, partition);
        event.extra = owner.epoch;
        return event;
    }

    private void assign(int partition) {
        Owner former = owners[partition];
        int client;
        do {
            client = GeneratedHistory.FIRST_MEMBER + random.nextInt(GeneratedHistory.MEMBERS);
        } while (former != null && client == former.client);
        epoch += 1 + random.nextInt(3);
        Owner owner = new Owner(client, epoch, Math.max(0, committed[partition]));
        owners[partition] = owner;
        event(owner, EventKind.ASSIGNED, partition).offset = committed[partition];
    }

    private void poll(int partition) {
        Owner owner = owners[partition];
        List<Long> log = history.log(partition);
        Event taking = event(owner, EventKind.TAKING, partition);
        taking.value = taking.time - 1;
        for (int i = random.nextInt(6); i >= 0 && owner.position < log.size(); i--) {
            Event event = event(owner, EventKind.DELIVERED, partition);
            event.offset = owner.position;
            event.value = log.get((int) owner.position++);
            owner.calledAt = event.time;
        }
    }

    /** What is accepted is so at once; the answer comes later, or does not. */
    private void ask(int partition, Owner owner, boolean accepted) {
        boolean known = accepted && random.nextInt(20) > 0;
        Pending commit = new Pending(owner, owner.position, ++number, known);
        Event event = event(owner, EventKind.COMMIT_ASKED, partition);
        event.offset = commit.offset;
        event.value = commit.number;
        pending.get(partition).add(commit);
        if (accepted) {
            committed[partition] = Math.max(committed[partition], commit.offset);
        }
    }

    private void answer(int partition) {
        List<Pending> waiting = pending.get(partition);
        if (!waiting.isEmpty()) {
            Pending commit = waiting.remove(random.nextInt(waiting.size()));
            EventKind kind = commit.known ? EventKind.COMMIT_OK : EventKind.COMMIT_FAILED;
            Event event = event(commit.owner, kind, partition);
            event.offset = commit.offset;
            event.value = commit.number;
        }
    }

    private void revoke(int partition) {
        event(owners[partition], EventKind.REVOKED, partition);
        ask(partition, owners[partition], true);
        assign(partition);
    }

    /** The owner stands still, and somebody else gets the partition. */
    private void overtake(int partition) {
        zombies.get(partition).add(owners[partition]);
        assign(partition);
    }

    /** Who stood still is given what its last poll had, is refused, and hears of its loss. */
    private void wake(int partition) {
        List<Owner> asleep = zombies.get(partition);
        if (asleep.isEmpty()) {
            return;
        }
        Owner zombie = asleep.remove(0);
        List<Long> log = history.log(partition);
        Event taking = event(zombie, EventKind.TAKING, partition);
        taking.value = zombie.calledAt;
        if (zombie.position < log.size() && zombie.calledAt > 0) {
            Event late = event(zombie, EventKind.DELIVERED, partition);
            late.offset = zombie.position;
            late.value = log.get((int) zombie.position++);
        }
        ask(partition, zombie, false);
        event(zombie, EventKind.LOST, partition);
    }

    private void seek(int partition) {
        event(owners[partition], EventKind.REVOKED, partition);
        answerAll(partition);
        committed[partition] = random.nextInt(history.log(partition).size());
        Event seek = history.add(GeneratedHistory.FIRST_MEMBER, EventKind.SEEK, partition);
        seek.offset = committed[partition];
        assign(partition);
    }

    private void answerAll(int partition) {
        while (!pending.get(partition).isEmpty()) {
            answer(partition);
        }
    }

    private void end(int partition) {
        answerAll(partition);
        long size = history.log(partition).size();
        event(owners[partition], EventKind.DRAINED, partition).offset = size;
    }
}
