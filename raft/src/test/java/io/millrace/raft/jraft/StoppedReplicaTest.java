package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.ShardSpec;
import io.millrace.raft.disk.ForcedFile;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The last resort: two of three voters are gone for good. */
@Timeout(90)
final class StoppedReplicaTest {

    private static final int ALONE = 1_000;
    private static final Members ONE = Members.voting(new Member(1, ALONE));

    @TempDir Path directory;

    private Brokers brokers;

    @BeforeEach
    void open() {
        brokers = new Brokers(directory);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    private static Members voters(int... nodes) {
        return new Members(Brokers.members(nodes), List.of());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Stops all, and opens what the first one has without starting it. */
    private StoppedReplica stopAllAndOpenTheFirst() throws Exception {
        brokers.awaitCaughtUp(1);
        for (int node : List.copyOf(brokers.brokers.keySet())) {
            brokers.stop(node);
        }
        return brokers.open(1).engine.stopped(Brokers.SHARD);
    }

    @Test
    void shouldTellWhatAReplicaKnows() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(5);
        brokers.awaitCaughtUp(1);
        long checkpoint = brokers.checkpoint(1);
        brokers.write(4);

        StoppedReplica replica = stopAllAndOpenTheFirst();

        assertThat(replica.members()).isEqualTo(voters(1, 2, 3));
        assertThat(replica.membersBefore()).isEqualTo(Members.NONE);
        assertThat(replica.member()).isEqualTo(Brokers.member(1));
        assertThat(replica.checkpointIndex()).isEqualTo(checkpoint);
        assertThat(replica.lastIndex()).isGreaterThanOrEqualTo(checkpoint + 4);
        LineMachine machine = new LineMachine();
        replica.replay(machine);
        assertThat(machine.lines).hasSize(9).endsWith("written 8").doesNotHaveDuplicates();
    }

    @Test
    void shouldGoOnAloneWithAllThatItHas() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(5);
        StoppedReplica replica = stopAllAndOpenTheFirst();
        long lastTerm = replica.lastTerm();

        replica.goOnAlone(ALONE, List.of(bytes("first of all")));

        assertThat(replica.members()).isEqualTo(ONE);
        Broker left = brokers.restart(1);
        brokers.write(2);
        assertThat(left.machine.lines).hasSize(8).contains("first of all", "written 4");
        assertThat(left.machine.lines.get(5)).isEqualTo("first of all");
        assertThat(left.shard.status().members()).isEqualTo(ONE);
        assertThat(left.engine.replicaId(Brokers.SHARD)).hasValue(ALONE);
        assertThat(left.shard.leadingTerm())
                .as("beyond all terms of the others")
                .isGreaterThan(lastTerm + 500);
        brokers.restart(1);
        brokers.write(1);
        assertThat(brokers.brokers.get(1).machine.lines).hasSize(9);
    }

    /** They elect each other, in higher and higher terms, and never reach it. */
    @Test
    void shouldNotListenToThoseThatWereLeftOut() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(3);
        stopAllAndOpenTheFirst().goOnAlone(ALONE, List.of());
        Broker left = brokers.restart(1);
        brokers.write(2);
        long term = left.shard.leadingTerm();

        brokers.restart(2);
        brokers.restart(3);
        await().atMost(20, TimeUnit.SECONDS)
                .until(
                        () ->
                                brokers.brokers.get(2).shard.leadingTerm() > 0
                                        || brokers.brokers.get(3).shard.leadingTerm() > 0);

        assertThat(left.shard.leadingTerm()).isEqualTo(term);
        assertThat(left.machine.lines).hasSize(5);
    }

    @Test
    void shouldGoOnWhenItWasCutShortBeforeItsVoteFileWasWritten() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(3);
        StoppedReplica replica = stopAllAndOpenTheFirst();
        Path vote = brokers.directory(1).resolve("shards/1").resolve(VoteFile.NAME);
        replica.goOnAlone(ALONE, List.of());
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(vote));
        ForcedFile.replace(vote, VoteRecord.decode(file).as(11).encode());
        brokers.stop(1);

        brokers.open(1).engine.stopped(Brokers.SHARD).goOnAlone(ALONE + 1, List.of());

        brokers.restart(1);
        brokers.write(1);
        assertThat(brokers.brokers.get(1).machine.lines).hasSize(4);
    }

    @Test
    void shouldTakeNewMembersAfterIt() throws Exception {
        brokers.found(1, 2, 3);
        brokers.write(3);
        stopAllAndOpenTheFirst().goOnAlone(ALONE, List.of());
        Broker left = brokers.restart(1);
        brokers.write(1);
        Brokers.delete(brokers.directory(2));
        brokers.join(2, 1_001);
        Member fresh = new Member(2, 1_001);

        left.engine
                .members(Brokers.SHARD)
                .changeMembers(Members.voting(ONE.voters().get(0), fresh), left.shard.leadingTerm())
                .get(20, TimeUnit.SECONDS);

        brokers.write(1);
        brokers.awaitCaughtUp(2);
        assertThat(brokers.brokers.get(2).machine.lines).hasSize(5);
    }

    @Test
    void shouldRefuseWhatIsNotThereOrRuns() throws Exception {
        Broker broker = brokers.open(1);
        assertThatThrownBy(() -> broker.engine.stopped(Brokers.SHARD))
                .isInstanceOf(ReplicaLostException.class);
        broker.engine.prepare(ShardSpec.founder(Brokers.SHARD, 11, Brokers.members(1)));
        brokers.start(1, ShardSpec.existing(Brokers.SHARD, 11));
        assertThatThrownBy(() -> broker.engine.stopped(Brokers.SHARD))
                .isInstanceOf(IllegalStateException.class);
    }
}
