package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.google.protobuf.Message;
import io.millrace.raft.jraft.Brokers.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker may crash whenever it has just answered: what it has promised must be on its disk. */
@Timeout(90)
final class VoteCrashTest {

    @TempDir Path directory;

    private final List<String> forgotten = new CopyOnWriteArrayList<>();
    private final AtomicInteger votes = new AtomicInteger();
    private final AtomicInteger appends = new AtomicInteger();
    private Brokers brokers;

    @BeforeEach
    void open() throws Exception {
        brokers = new Brokers(directory);
        brokers.links.beforeAnswer = this::judge;
        brokers.found(1, 2, 3);
        brokers.write(5);
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    @Test
    void shouldHaveForcedEveryVoteAndEveryTermThatItHasAnswered() throws Exception {
        for (int turn = 0; turn < 6; turn++) {
            Broker leader = brokers.leader();
            int next = leader.node % 3 + 1;
            brokers.awaitCaughtUp(next);
            leader.engine.members(Brokers.SHARD).transferLeadership(next).get(20, TimeUnit.SECONDS);
            brokers.write(3);
        }
        brokers.stop(brokers.leader().node);
        brokers.write(3);

        assertThat(forgotten).isEmpty();
        assertThat(votes).hasValueGreaterThanOrEqualTo(7);
        assertThat(appends).hasValueGreaterThanOrEqualTo(7);
    }

    private void judge(Message request, Object answer) {
        if (request instanceof RequestVoteRequest asked
                && !asked.getPreVote()
                && answer instanceof RequestVoteResponse given) {
            VoteRecord kept = kept(asked.getPeerId());
            boolean promised = kept.term() >= given.getTerm();
            if (given.getGranted()) {
                votes.incrementAndGet();
                promised &=
                        kept.term() > asked.getTerm()
                                || kept.vote() != null
                                        && ReplicaAddress.peer(kept.vote())
                                                .equals(PeerId.parsePeer(asked.getServerId()));
            }
            note(promised, request, kept);
        }
        if (request instanceof AppendEntriesRequest appended
                && appended.getEntriesCount() > 0
                && answer instanceof AppendEntriesResponse given
                && given.getSuccess()) {
            appends.incrementAndGet();
            VoteRecord kept = kept(appended.getPeerId());
            note(kept.term() >= appended.getTerm(), request, kept);
        }
    }

    private void note(boolean promised, Message request, VoteRecord kept) {
        if (!promised) {
            forgotten.add(request + " is answered, and on the disk is " + kept);
        }
    }

    /** What the replica that was asked would find after a crash at this moment. */
    private VoteRecord kept(String peer) {
        int node = ReplicaAddress.node(PeerId.parsePeer(peer));
        Path shards = brokers.directory(node).resolve(RaftEngine.SHARDS);
        Path file = shards.resolve(Integer.toString(Brokers.SHARD)).resolve(VoteFile.NAME);
        try {
            return VoteRecord.decode(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (CorruptFileException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
