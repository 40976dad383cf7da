package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.ShardUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica is prepared, started, stopped and discarded, and another one takes its place. */
@Timeout(60)
final class ReplicaLifeTest {

    private static final int SHARD = 3;
    private static final ShardSpec FIRST = Bench.spec(SHARD, 7, true);
    private static final ShardSpec SECOND = Bench.spec(SHARD, 8, true);

    @TempDir Path directory;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.real(directory);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private void write(ShardSpec spec, String line) throws Exception {
        Shard shard = Bench.lead(bench.engine.start(spec, new LineMachine()));
        assertThat(Bench.propose(shard, line)).isEqualTo("applied");
        shard.checkpoint().get(20, TimeUnit.SECONDS);
        assertThat(Bench.propose(shard, line)).isEqualTo("applied");
    }

    private List<String> linesOf(ShardSpec spec) throws Exception {
        LineMachine machine = new LineMachine();
        Bench.lead(bench.engine.start(spec, machine));
        return machine.lines;
    }

    @Test
    void shouldRememberAPreparedReplicaForEver() throws Exception {
        assertThat(bench.engine.replicaId(SHARD)).isEmpty();

        bench.engine.prepare(FIRST);
        bench.engine.prepare(FIRST);

        assertThat(bench.engine.replicaId(SHARD)).hasValue(7);
        assertThat(bench.engine.shards()).isEmpty();
        bench.reopen();
        assertThat(bench.engine.replicaId(SHARD)).hasValue(7);
        assertThatThrownBy(() -> bench.engine.prepare(SECOND))
                .isInstanceOf(ReplicaLostException.class)
                .hasMessageContaining("replica 7, not of");
        write(ShardSpec.existing(SHARD, 7), "line");
    }

    @Test
    void shouldBeLostWhenThePreparedFileIsGone() throws Exception {
        bench.engine.prepare(FIRST);
        Files.delete(bench.shardDirectory(SHARD).resolve(VoteFile.NAME));

        assertThat(bench.engine.replicaId(SHARD)).isEmpty();
        assertThatThrownBy(
                        () -> bench.engine.start(ShardSpec.existing(SHARD, 7), new LineMachine()))
                .isInstanceOf(ReplicaLostException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void shouldNotTellTheIdOfACorruptVoteFile() throws Exception {
        bench.engine.prepare(FIRST);
        Files.write(bench.shardDirectory(SHARD).resolve(VoteFile.NAME), new byte[] {1, 2});

        assertThatThrownBy(() -> bench.engine.replicaId(SHARD))
                .isInstanceOf(ReplicaLostException.class)
                .hasMessageContaining("corrupt");
    }

    @Test
    void shouldStopOneShardAndStartItAgain() throws Exception {
        write(FIRST, "line");
        Shard other = bench.create(4, new LineMachine());

        bench.engine.stop(SHARD);
        bench.engine.stop(SHARD);

        assertThat(bench.engine.shards()).containsExactly(other);
        assertThat(Bench.propose(other, "still")).isEqualTo("applied");
        assertThatThrownBy(() -> bench.engine.members(SHARD))
                .isInstanceOf(ShardUnavailableException.class);
        assertThat(linesOf(ShardSpec.existing(SHARD, 7))).containsExactly("line", "line");
    }

    @Test
    void shouldKeepFromAJoinerThatNobodyKnowsYetThatItLeadsAlone() throws Exception {
        Shard shard = bench.engine.start(ShardSpec.joiner(SHARD, 7), new LineMachine());

        await().during(800, TimeUnit.MILLISECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> shard.status().role() == Role.FOLLOWER);
        assertThat(shard.status().members().all()).isEmpty();
        assertThat(shard.leadingTerm()).isZero();
    }

    @Test
    void shouldPutAnotherReplicaInThePlaceOfADiscardedOne() throws Exception {
        write(FIRST, "old");
        assertThatThrownBy(() -> bench.engine.discard(SHARD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("running");
        bench.engine.stop(SHARD);

        bench.engine.discard(SHARD);
        bench.engine.discard(SHARD);

        assertThat(bench.engine.replicaId(SHARD)).isEmpty();
        assertThat(bench.shardDirectory(SHARD)).doesNotExist();
        write(SECOND, "new");
        bench.reopen();
        assertThat(linesOf(ShardSpec.existing(SHARD, 8))).containsExactly("new", "new");
    }

    @Test
    void shouldDiscardALostReplica() throws Exception {
        write(FIRST, "old");
        bench.engine.close();
        Files.delete(bench.shardDirectory(SHARD).resolve(VoteFile.NAME));
        bench.open();
        assertThatThrownBy(() -> bench.engine.prepare(SECOND))
                .isInstanceOf(ReplicaLostException.class);

        bench.engine.discard(SHARD);

        write(SECOND, "new");
        bench.reopen();
        assertThat(linesOf(ShardSpec.existing(SHARD, 8))).containsExactly("new", "new");
    }

    private Path discarded() {
        return bench.shardDirectory(SHARD).resolveSibling(SHARD + ".discarded");
    }

    /** The first step that lasts; the log is still there. */
    @Test
    void shouldFinishADiscardThatDiedAfterTheRename() throws Exception {
        write(FIRST, "old");
        bench.engine.close();
        Files.move(bench.shardDirectory(SHARD), discarded(), StandardCopyOption.ATOMIC_MOVE);

        bench.open();

        assertNothingLeft();
    }

    /** The log is gone, and a part of the files. */
    @Test
    void shouldFinishADiscardThatDiedWhileItDeleted() throws Exception {
        write(FIRST, "old");
        bench.engine.stop(SHARD);
        bench.engine.discard(SHARD);
        bench.engine.close();
        Files.createDirectories(discarded().resolve("checkpoints"));
        Files.write(discarded().resolve("checkpoints").resolve("checkpoint-1"), new byte[] {1});

        bench.open();

        assertNothingLeft();
    }

    private void assertNothingLeft() throws Exception {
        assertThat(discarded()).doesNotExist();
        assertThat(bench.engine.replicaId(SHARD)).isEmpty();
        write(SECOND, "new");
        bench.reopen();
        assertThat(linesOf(ShardSpec.existing(SHARD, 8))).containsExactly("new", "new");
    }

    /** What a failing disk has left must not take the log of the one that came after. */
    @Test
    void shouldNotStartAnotherReplicaBeforeTheDiscardIsOver() throws Exception {
        write(FIRST, "old");
        bench.engine.stop(SHARD);
        Files.move(bench.shardDirectory(SHARD), discarded(), StandardCopyOption.ATOMIC_MOVE);

        write(SECOND, "new");

        assertThat(discarded()).doesNotExist();
        bench.reopen();
        assertThat(linesOf(ShardSpec.existing(SHARD, 8))).containsExactly("new", "new");
    }

    @Test
    void shouldGoOnWithTheOthersWhenOneReplicaIsLost() throws Exception {
        write(FIRST, "old");
        bench.create(4, new LineMachine());
        bench.engine.close();
        Files.delete(bench.shardDirectory(SHARD).resolve(VoteFile.NAME));
        bench.open();

        assertThatThrownBy(
                        () -> bench.engine.start(ShardSpec.existing(SHARD, 7), new LineMachine()))
                .isInstanceOf(ReplicaLostException.class);

        Shard other = bench.restart(4, new LineMachine());
        assertThat(Bench.propose(other, "still")).isEqualTo("applied");
    }

    @Test
    void shouldRefuseChangesOfAShardThatItDoesNotLead() throws Exception {
        List<Member> voters = List.of(new Member(1, 7), new Member(2, 8), new Member(3, 9));
        bench.engine.start(ShardSpec.founder(SHARD, 7, voters), new LineMachine());

        assertThat(bench.engine.members(SHARD).transferLeadership(0))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("does not lead");
    }
}
