package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import io.millrace.raft.ReplicaLostException;
import io.millrace.raft.Shard;
import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What must never start: S1 and S2 of the design review, on one broker. */
@Timeout(60)
final class LostReplicaTest {

    @TempDir Path directory;

    private Bench bench;
    private Shard shard;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.real(directory);
        shard = bench.create(0, new LineMachine());
        assertThat(Bench.propose(shard, "acknowledged")).isEqualTo("applied");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private Path vote() {
        return bench.shardDirectory(0).resolve(VoteFile.NAME);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void assertLost(boolean create, int replica, String reason) {
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(
                            () ->
                                    bench.engine.start(
                                            Bench.spec(0, replica, create), new LineMachine()))
                    .isInstanceOf(ReplicaLostException.class)
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void shouldNotStartWithoutItsVoteFile() throws Exception {
        bench.engine.close();
        Files.delete(vote());
        bench.open();

        assertLost(false, Bench.REPLICA, "vote file " + vote() + " is missing");
        assertLost(true, Bench.REPLICA, "vote file " + vote() + " is missing");
    }

    @Test
    void shouldNotStartWhenItsWholeDirectoryIsGone() throws Exception {
        bench.engine.close();
        delete(bench.shardDirectory(0));
        bench.open();

        assertLost(false, Bench.REPLICA, "is missing");
        assertLost(true, Bench.REPLICA, "is missing");
        assertThat(bench.shardDirectory(0)).doesNotExist();
    }

    @Test
    void shouldNotStartWithACorruptVoteFile() throws Exception {
        bench.engine.close();
        byte[] bytes = Files.readAllBytes(vote());
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(vote(), bytes);
        bench.open();
        assertLost(false, Bench.REPLICA, "is corrupt");
        assertLost(true, Bench.REPLICA, "is corrupt");

        Files.write(vote(), new byte[0]);
        assertLost(false, Bench.REPLICA, "is corrupt");
    }

    @Test
    void shouldSeeEveryChangeOfAVoteFile() throws Exception {
        byte[] good = Files.readAllBytes(vote());
        VoteRecord record = VoteRecord.decode(ByteBuffer.wrap(good));
        assertThat(record.vote()).isEqualTo(new Member(1, Bench.REPLICA));
        assertThat(record.logBegun()).isTrue();
        assertThat(VoteRecord.decode(record.encode())).isEqualTo(record);

        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> VoteRecord.decode(ByteBuffer.wrap(bad)))
                    .isInstanceOf(CorruptFileException.class);
        }
        for (int length = 0; length < good.length; length++) {
            ByteBuffer torn = ByteBuffer.wrap(Arrays.copyOf(good, length));
            assertThatThrownBy(() -> VoteRecord.decode(torn))
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void shouldBeFatalWhenAVoteCannotBeStored() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        VoteFile file = VoteFile.create(elsewhere, bench.clusterId, Bench.spec(0, 7, true), bench);
        Path obstacle = elsewhere.resolve(VoteFile.NAME + ForcedFile.TEMPORARY);
        assertThat(file.setTermAndVotedFor(3, new PeerId("node", 2, 9))).isTrue();
        Files.createDirectory(obstacle);

        assertThat(file.setTermAndVotedFor(4, PeerId.emptyPeer())).isFalse();

        assertThat(bench.fatal).containsExactly("vote file " + elsewhere.resolve(VoteFile.NAME));
        assertThat(file.getTerm()).as("what is on the disk").isEqualTo(3);
        Files.delete(obstacle);
        VoteFile again = VoteFile.open(elsewhere, bench.clusterId, Bench.spec(0, 7, false), bench);
        assertThat(again.getTerm()).isEqualTo(3);
        assertThat(again.getVotedFor()).isEqualTo(new PeerId("node", 2, 9));
        assertThat(again.initialVoters()).containsExactly(new Member(1, 7));
        assertThat(again.isLogBegun()).isFalse();
    }

    @Test
    void shouldNotStartAsAnotherReplica() throws Exception {
        bench.reopen();
        assertLost(false, 8, "replica 7, not of cluster");
        assertLost(true, 8, "replica 7, not of cluster");
    }

    @Test
    void shouldNotStartInAnotherCluster() throws Exception {
        bench.engine.close();
        bench.options = RaftEngineOptions.defaults(directory, "other", 1);
        bench.open();
        assertLost(true, Bench.REPLICA, "not of cluster other");
    }

    @Test
    void shouldNotStartWithTheVoteFileOfAnotherShard() throws Exception {
        bench.create(1, new LineMachine());
        bench.engine.close();
        Files.copy(
                bench.shardDirectory(1).resolve(VoteFile.NAME),
                vote(),
                StandardCopyOption.REPLACE_EXISTING);
        bench.open();
        assertLost(false, Bench.REPLICA, "shard 1, replica 7, not of");
    }

    @Test
    void shouldNotStartWithAnEarlierVoteFile() throws Exception {
        byte[] early = Files.readAllBytes(vote());
        bench.reopen();
        bench.restart(0, new LineMachine());
        bench.engine.close();
        Files.write(vote(), early);
        bench.open();

        assertLost(false, Bench.REPLICA, "it was rolled back");
    }

    @Test
    void shouldNotStartWithoutItsLog() throws Exception {
        bench.engine.close();
        delete(directory.resolve("wal"));
        bench.open();
        assertLost(false, Bench.REPLICA, "its log is empty now");
        assertLost(true, Bench.REPLICA, "its log is empty now");

        bench.reopen(); // the new log is not new any more
        assertLost(false, Bench.REPLICA, "its log is empty now");
    }

    @Test
    void shouldNotStartWithACheckpointAheadOfItsLog() throws Exception {
        shard.checkpoint().get(20, TimeUnit.SECONDS);
        bench.engine.close();
        delete(directory.resolve("wal"));
        bench.open();

        assertLost(false, Bench.REPLICA, "its checkpoint is at entry 2 and its log holds 1 to 0");
    }

    @Test
    void shouldStartAgainAfterACrashBetweenVoteFileAndFirstEntry() throws Exception {
        // What such a crash leaves: a vote file that knows no term, and no entry.
        Files.createDirectories(bench.shardDirectory(1));
        VoteFile.create(bench.shardDirectory(1), bench.clusterId, Bench.spec(1, 7, true), bench);

        LineMachine machine = new LineMachine();
        Shard created = bench.restart(1, machine);

        assertThat(Bench.propose(created, "first")).isEqualTo("applied");
        assertThat(machine.events).containsExactly("started", "leaderStarted after 0");
    }

    @Test
    void shouldTakeCreateForARestartWhenItIsThere() throws Exception {
        bench.reopen();
        LineMachine machine = new LineMachine();
        bench.create(0, machine);
        assertThat(machine.lines).containsExactly("acknowledged");
    }
}
