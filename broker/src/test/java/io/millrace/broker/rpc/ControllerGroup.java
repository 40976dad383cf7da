package io.millrace.broker.rpc;

import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.shard.StillShard;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import io.millrace.raft.ShardStatus.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shard 0 of several brokers in one process: what the leader proposes is applied by all at once.
 */
final class ControllerGroup {

    private final Map<Integer, ControllerStateMachine> machines = new TreeMap<>();
    private int leader;
    private long term;
    private long index;

    /** Whether the leader applies what it is told and dies before it says so. */
    private boolean swallowing;

    synchronized Shard join(int node, ControllerStateMachine machine) {
        machines.put(node, machine);
        return new Replica(node);
    }

    synchronized void elect(int node) {
        leader = node;
        term++;
    }

    synchronized void swallow(boolean answers) {
        swallowing = answers;
    }

    private synchronized void propose(int node, Proposal proposal, long expectedTerm) {
        if (node != leader || expectedTerm != term) {
            proposal.failed(Proposal.Outcome.NOT_APPLIED_NOT_LEADER, "it does not lead");
            return;
        }
        index++;
        machines.forEach(
                (member, machine) ->
                        machine.apply(
                                index,
                                term,
                                proposal.data(),
                                member == node && !swallowing ? proposal : null));
    }

    private synchronized ShardStatus status(int node) {
        return new ShardStatus(
                0,
                node == leader ? Role.LEADER : Role.FOLLOWER,
                term,
                leader,
                Members.NONE,
                List.of(),
                index,
                index,
                0,
                1,
                index,
                "");
    }

    private synchronized long leadingTerm(int node) {
        return node == leader ? term : 0;
    }

    private final class Replica extends StillShard {

        private final int node;

        Replica(int node) {
            this.node = node;
        }

        @Override
        public int id() {
            return 0;
        }

        @Override
        public long leadingTerm() {
            return ControllerGroup.this.leadingTerm(node);
        }

        @Override
        public void propose(Proposal proposal, long expectedTerm) {
            ControllerGroup.this.propose(node, proposal, expectedTerm);
        }

        @Override
        public ShardStatus status() {
            return ControllerGroup.this.status(node);
        }
    }
}
