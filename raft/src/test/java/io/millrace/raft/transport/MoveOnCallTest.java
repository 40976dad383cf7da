package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replicas that wait for entries ask over a real network. */
@Timeout(60)
final class MoveOnCallTest {

    private final Peers peers = new Peers();
    private final List<Integer> heard = new CopyOnWriteArrayList<>();
    private PeerNetwork one;
    private PeerNetwork two;

    @BeforeEach
    void connect() throws Exception {
        one = peers.start(1);
        two = peers.start(2);
        Peers.awaitUp(one, 2);
    }

    @AfterEach
    void close() {
        peers.close();
    }

    private String send(int bytes) throws Exception {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        MoveOnCall.send(
                one.channel(2, Lane.CONTROL),
                new Frame(List.of(ByteBuffer.allocate(bytes))),
                new Taking(answer));
        try {
            return "answered " + answer.get(20, TimeUnit.SECONDS).bytes();
        } catch (ExecutionException e) {
            return Status.fromThrowable(e.getCause()).toString();
        }
    }

    /** Hands an answer on. */
    private record Taking(CompletableFuture<Frame> answer) implements StreamObserver<Frame> {

        @Override
        public void onNext(Frame frame) {
            answer.complete(frame);
        }

        @Override
        public void onError(Throwable error) {
            answer.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("no answer"));
        }
    }

    @Test
    void shouldTellThePeerWhichShardsAreWaitedFor() {
        two.onMoveOn(heard::add);

        one.askToMoveOn(2, List.of(0, 7, Integer.MAX_VALUE));

        await().until(() -> heard.size() == 3);
        assertThat(heard).containsExactly(0, 7, Integer.MAX_VALUE);
    }

    @Test
    void shouldAskForNoMoreThanAPeerTakes() throws Exception {
        two.onMoveOn(heard::add);
        List<Integer> shards = IntStream.range(0, MoveOnCall.MAX_SHARDS + 5).boxed().toList();

        one.askToMoveOn(2, shards);

        await().until(() -> heard.size() >= MoveOnCall.MAX_SHARDS);
        assertThat(heard).isEqualTo(shards.subList(0, MoveOnCall.MAX_SHARDS));
    }

    @Test
    void shouldRefuseWhatAreNoShards() throws Exception {
        two.onMoveOn(heard::add);
        int tooMany = 4 * (MoveOnCall.MAX_SHARDS + 1);

        for (int bytes : new int[] {0, 1, 7, tooMany}) {
            assertThat(send(bytes))
                    .contains("INVALID_ARGUMENT")
                    .contains(bytes + " bytes are not the numbers of 1 to 32768 shards");
        }

        assertThat(heard).isEmpty();
        assertThat(send(4)).isEqualTo("answered 0");
        assertThat(heard).containsExactly(0);
    }

    /** A broker that starts: its engine comes later. */
    @Test
    void shouldAnswerAlsoWhileNobodyListens() throws Exception {
        assertThat(send(8)).isEqualTo("answered 0");
    }

    @Test
    void shouldNotHearStrangers() throws Exception {
        two.onMoveOn(heard::add);
        PeerNetwork stranger =
                peers.start(new PeerIdentity("c2", 3, "dir-3", 1, 1), peer -> Optional.empty());
        assertThat(stranger.isReachable(2)).isFalse();
        await().until(() -> !peers.refusals.isEmpty());

        stranger.askToMoveOn(2, List.of(1));
        one.askToMoveOn(2, List.of(2));

        await().until(() -> !heard.isEmpty());
        assertThat(heard).containsExactly(2);
    }

    @Test
    void shouldGoOnWithoutAPeerAndWithoutANetwork() {
        assertThatCode(() -> one.askToMoveOn(9, List.of(1))).doesNotThrowAnyException();
        two.close();
        assertThatCode(() -> one.askToMoveOn(2, List.of(1))).doesNotThrowAnyException();
        one.close();
        assertThatCode(() -> one.askToMoveOn(2, List.of(1))).doesNotThrowAnyException();
    }
}
