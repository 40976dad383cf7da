package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ClosureQueueImpl;
import com.alipay.sofa.jraft.error.RaftError;
import io.millrace.raft.Member;
import io.millrace.raft.Proposal.Outcome;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.ShardUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pins what jraft says of a failed proposal: S7 of the design review. */
@Timeout(60)
final class ProposalOutcomeTest {

    @TempDir Path directory;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.memory(directory);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private static String propose(Shard shard, long term) {
        Line line = new Line("line");
        shard.propose(line, term);
        return line.result();
    }

    @Test
    void shouldKnowJraftsRefusalOfAnotherTerm() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        long term = shard.leadingTerm();

        assertThat(propose(shard, term + 1))
                .isEqualTo(
                        "NOT_APPLIED_NOT_LEADER: expected_term=%d doesn't match current_term=%d"
                                .formatted(term + 1, term));
        assertThat(propose(shard, 0)).startsWith("NOT_APPLIED_NOT_LEADER: no leader has the term");
        assertThat(machine.lines).isEmpty();
    }

    @Test
    void shouldKnowJraftsRefusalWithoutLeadership() throws Exception {
        List<Member> voters = List.of(new Member(1, 7), new Member(2, 8), new Member(3, 9));
        Shard shard = bench.engine.start(ShardSpec.founder(0, 7, voters), new LineMachine());

        assertThat(propose(shard, 1)).isEqualTo("NOT_APPLIED_NOT_LEADER: Is not leader.");

        assertThat(shard.status().role()).isIn(Role.FOLLOWER, Role.CANDIDATE);
        assertThat(shard.status().members().nodes()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(shard.status().problem()).isEqualTo("no leader is known");
        assertThat(shard.readBarrier())
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ShardUnavailableException.class);
    }

    @Test
    void shouldNotTakeALeaderThatSteppedDownForARefusal() throws Exception {
        CompletableFuture<Status> told = new CompletableFuture<>();
        ClosureQueueImpl queue = new ClosureQueueImpl("a-group-without-a-pool");
        queue.appendPendingClosure(told::complete);
        queue.clear();

        Status status = told.get(20, TimeUnit.SECONDS);

        assertThat(status.getRaftError()).as("the code of a refusal").isEqualTo(RaftError.EPERM);
        assertThat(ProposalOutcomes.of(status)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void shouldTakeOnlyTheTwoMessagesAndBusyForRefusals() {
        assertThat(ProposalOutcomes.of(new Status(RaftError.EBUSY, "any")))
                .isEqualTo(Outcome.NOT_APPLIED_BUSY);
        for (RaftError error : RaftError.values()) {
            if (error != RaftError.EBUSY && error != RaftError.EPERM) {
                assertThat(ProposalOutcomes.of(new Status(error, ProposalOutcomes.NOT_LEADER)))
                        .as(error.name())
                        .isEqualTo(Outcome.UNKNOWN);
            }
        }
        assertThat(ProposalOutcomes.of(new Status(RaftError.EPERM, "something else")))
                .isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void shouldNotKnowTheOutcomeWhenTheJournalFails() throws Exception {
        LineMachine machine = new LineMachine();
        Shard shard = bench.create(0, machine);
        bench.journal.failing = true;

        assertThat(Bench.propose(shard, "perhaps")).startsWith("UNKNOWN");

        assertThat(shard.status().role()).isEqualTo(Role.FAILED);
        assertThat(machine.failure).isNotBlank();
    }

    @Test
    void shouldRefuseWhatTheMemoryBudgetCannotHold() {
        MemoryBudget budget = new MemoryBudget(10);
        InFlightProposals proposals = new InFlightProposals(budget);
        Line large = new Line("larger than ten");
        InFlightProposals.Pending first = proposals.add(large);

        assertThat(first).as("alone it has room").isNotNull();
        assertThat(proposals.add(new Line("x"))).isNull();
        first.fail(Outcome.UNKNOWN, "over");
        first.fail(Outcome.UNKNOWN, "over");
        assertThat(first.take()).as("failed before").isNull();
        assertThat(large.answers).hasValue(1);
        assertThat(budget.used()).isZero();
        assertThat(proposals.add(new Line("x"))).isNotNull();
        proposals.failAll("the end");
        assertThat(proposals.size()).isZero();
        assertThat(budget.used()).isZero();
    }
}
