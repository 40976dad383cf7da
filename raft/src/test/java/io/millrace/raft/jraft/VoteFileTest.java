package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.Member;
import io.millrace.raft.RaftListener;
import io.millrace.raft.ShardSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
}
