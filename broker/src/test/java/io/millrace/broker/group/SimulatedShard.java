package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.wire.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A shard of three replicas, one of which leads: a log of entries, and states that are rebuilt from
 * it, or from the bytes of another's state. What is proposed is committed later, in order; what was
 * on its way when the leader changes is committed in part, and nobody is answered.
 */
final class SimulatedShard {

    private static final int REPLICAS = 3;

    private final List<Object> trace = new ArrayList<>();
    private final Random random;
    private final GroupAudit audit;
    private final List<ByteBuffer> log = new ArrayList<>();
    private final List<GroupTable> history = new ArrayList<>();
    private final GroupTable[] tables = new GroupTable[REPLICAS];
    private final int[] applied = new int[REPLICAS];
    private final Deque<Proposal> inFlight = new ArrayDeque<>();
    private int leader;

    private record Proposal(GroupCommand command, Consumer<GroupResult> answer) {}

    SimulatedShard(Random random, GroupAudit audit) {
        this.random = random;
        this.audit = audit;
        history.add(GroupTable.EMPTY);
        for (int i = 0; i < REPLICAS; i++) {
            tables[i] = GroupTable.EMPTY;
        }
    }

    /** What happened last, one thing a line. */
    String trace(int most) {
        return trace.subList(Math.max(0, trace.size() - most), trace.size()).stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    /** The group as the leader has applied it. */
    GroupState group() {
        return tables[leader].group(GroupFixture.GROUP).orElseThrow();
    }

    void propose(GroupCommand command, Consumer<GroupResult> answer) {
        inFlight.add(new Proposal(command, answer));
    }

    /** Something that was proposed long ago, and is committed once more. */
    void proposeAgain() {
        try {
            propose(GroupCodec.decodeCommand(log.get(random.nextInt(log.size()))), result -> {});
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** Commits some of what is on its way; the leader applies and answers. */
    void commit(int most) {
        for (int i = 0; i < most && !inFlight.isEmpty(); i++) {
            Proposal proposal = inFlight.poll();
            append(proposal.command());
            proposal.answer().accept(catchUp(leader, log.size()));
        }
    }

    void commitAll() {
        commit(Integer.MAX_VALUE);
    }

    /** Another replica leads, with all that was committed, after some of what was on its way. */
    void changeLeader() {
        for (int i = random.nextInt(inFlight.size() + 1); i > 0; i--) {
            append(inFlight.poll().command());
        }
        inFlight.clear();
        leader = random.nextInt(REPLICAS);
        catchUp(leader, log.size());
        trace.add("replica " + leader + " leads");
    }

    /** A replica that does not lead applies some more, or begins anew with another's checkpoint. */
    void follow() {
        int replica = random.nextInt(REPLICAS);
        if (replica == leader) {
            return;
        }
        if (random.nextInt(8) == 0) {
            int source = random.nextInt(REPLICAS);
            tables[replica] = restored(tables[source]);
            applied[replica] = applied[source];
        }
        catchUp(replica, applied[replica] + random.nextInt(log.size() - applied[replica] + 1));
    }

    private void append(GroupCommand command) {
        log.add(GroupCodec.encode(command));
        trace.add(command);
        GroupTable before = history.get(history.size() - 1);
        GroupTransition<GroupTable> change = before.apply(command);
        history.add(change.next());
        before.group(GroupFixture.GROUP).ifPresent(group -> audit.applied(group, command, change));
        assertThat(restored(change.next())).as("read back").isEqualTo(change.next());
    }

    private GroupResult catchUp(int replica, int index) {
        GroupResult result = null;
        while (applied[replica] < index) {
            try {
                GroupCommand command = GroupCodec.decodeCommand(log.get(applied[replica]++));
                GroupTransition<GroupTable> change = tables[replica].apply(command);
                tables[replica] = change.next();
                result = change.result();
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(tables[replica])
                .as("replica %d at %d", replica, applied[replica])
                .isEqualTo(history.get(applied[replica]));
        return result;
    }

    private static GroupTable restored(GroupTable table) {
        try {
            return GroupCodec.decodeTable(GroupCodec.encode(table));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
