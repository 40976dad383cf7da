package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ShardSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that forgets a term or a vote may vote twice in a term. */
final class VoteFileTest {

    private static final ShardSpec SPEC =
            ShardSpec.founder(3, 7, List.of(new Member(1, 7), new Member(2, 8)));
    private static final PeerId ONE = ReplicaAddress.peer(new Member(1, 7));
    private static final PeerId TWO = ReplicaAddress.peer(new Member(2, 8));

    @TempDir Path directory;

    private VoteFile open() throws IOException {
        return VoteFile.open(directory, "c", SPEC, new RaftListener() {});
    }

    @Test
    void shouldRememberEveryChangeAtOnce() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        assertThat(open().getTerm()).isZero();
        assertThat(open().getVotedFor().isEmpty()).isTrue();
        assertThat(open().isLogBegun()).isFalse();

        assertThat(vote.setTermAndVotedFor(4, ONE)).isTrue();
        assertThat(open().getTerm()).isEqualTo(4);
        assertThat(open().getVotedFor()).isEqualTo(ONE);

        assertThat(vote.setTerm(5)).isTrue();
        assertThat(open().getTerm()).isEqualTo(5);

        assertThat(vote.setVotedFor(TWO)).isTrue();
        assertThat(open().getVotedFor()).isEqualTo(TWO);
        assertThat(open().getTerm()).isEqualTo(5);

        assertThat(vote.beginLog()).isTrue();
        assertThat(open().isLogBegun()).isTrue();
        assertThat(open().initialVoters()).isEqualTo(SPEC.founders());

        assertThat(vote.setVotedFor(PeerId.emptyPeer())).isTrue();
        assertThat(open().getVotedFor().isEmpty()).isTrue();
    }

    @Test
    void shouldForceATermTogetherWithTheVoteItIsAskedFor() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        vote.setTermAndVotedFor(4, ONE);

        vote.decide(
                () -> {
                    assertThat(vote.setTermAndVotedFor(5, PeerId.emptyPeer())).isTrue();
                    assertThat(vote.getTerm()).isEqualTo(5);
                    assertThat(vote.getVotedFor().isEmpty()).isTrue();
                    assertKept(4, ONE);
                    assertThat(vote.setVotedFor(TWO)).isTrue();
                    assertKept(5, TWO);
                    return null;
                });
        assertKept(5, TWO);
    }

    @Test
    void shouldForceATermWithoutAVoteBeforeItAnswers() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        vote.setTermAndVotedFor(4, ONE);

        vote.decide(() -> vote.setTermAndVotedFor(5, PeerId.emptyPeer()));
        assertKept(5, PeerId.emptyPeer());

        assertThat(vote.setTermAndVotedFor(6, PeerId.emptyPeer())).isTrue();
        assertKept(6, PeerId.emptyPeer());
    }

    @Test
    void shouldForceATermBeforeAnythingIsWrittenInIt() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        vote.decide(
                () -> {
                    vote.setTermAndVotedFor(5, PeerId.emptyPeer());
                    assertThat(vote.keepTerm()).isTrue();
                    assertKept(5, PeerId.emptyPeer());
                    return null;
                });
    }

    @Test
    void shouldForceWhatOtherThreadsDecideMeanwhile() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        vote.decide(
                () -> {
                    vote.setTermAndVotedFor(5, PeerId.emptyPeer());
                    CompletableFuture.runAsync(
                                    () -> {
                                        assertThat(vote.setTermAndVotedFor(6, PeerId.emptyPeer()))
                                                .isTrue();
                                        assertKept(6, PeerId.emptyPeer());
                                    })
                            .join();
                    return null;
                });
        assertKept(6, PeerId.emptyPeer());
    }

    @Test
    void shouldForceTheTermAlsoWhenTheRequestFails() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        assertThatThrownBy(
                        () ->
                                vote.decide(
                                        () -> {
                                            vote.setTermAndVotedFor(5, PeerId.emptyPeer());
                                            throw new IllegalStateException("for the test");
                                        }))
                .hasMessage("for the test");
        assertKept(5, PeerId.emptyPeer());
    }

    @Test
    void shouldNotTakeATermOnceItsReplicaHasStopped() throws IOException {
        VoteFile vote = VoteFile.create(directory, "c", SPEC, new RaftListener() {});
        vote.close();
        assertThat(vote.decide(() -> vote.setTermAndVotedFor(5, PeerId.emptyPeer()))).isFalse();
        assertThat(vote.getTerm()).isZero();
    }

    /** What a crash leaves now. */
    private void assertKept(long term, PeerId votedFor) {
        try {
            assertThat(open().getTerm()).isEqualTo(term);
            assertThat(open().getVotedFor()).isEqualTo(votedFor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
