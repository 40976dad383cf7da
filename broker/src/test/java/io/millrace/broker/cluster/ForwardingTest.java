package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.CommandForwarder.Answer;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.ShardLeader;
import io.millrace.v1.SubmitCommandResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ForwardingTest {

    private static final ByteBuffer COMMAND = ByteBuffer.wrap(new byte[] {1, 2, 3});
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final FakePeers peers = new FakePeers();
    private final Leaders leaders = new Leaders(3, new LocalShards());
    private final LeaderSearch search =
            new LeaderSearch(
                    Greetings.member(3, "c1"),
                    leaders,
                    new AddressBook(3, () -> ClusterImage.EMPTY, List.of()),
                    peers,
                    System::nanoTime);
    private final Forwarding forwarding =
            new Forwarding(3, search, peers, timer, System::nanoTime, PATIENCE);

    @BeforeEach
    void lead() {
        leads(1, 1);
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void shouldBringTheAnswer() {
        CompletableFuture<Answer> answer = forwarding.forward(COMMAND, false);
        peers.answer.complete(
                SubmitCommandResponse.newBuilder()
                        .setValue(ByteString.copyFromUtf8("v"))
                        .setMapVersion(7)
                        .build());

        assertThat(answer.join().mapVersion()).isEqualTo(7);
        assertThat(answer.join().value().remaining()).isEqualTo(1);
    }

    @Test
    void shouldAskTheNextLeaderIfTheFirstIsNone() {
        peers.answer.complete(refusal(ErrorCode.NOT_LEADER));
        CompletableFuture<Answer> answer = forwarding.forward(COMMAND, false);
        assertThat(peers.submitted).containsExactly(1);
        peers.answer =
                CompletableFuture.completedFuture(SubmitCommandResponse.getDefaultInstance());
        leads(2, 2);

        answer.join();
        assertThat(peers.submitted).containsExactly(1, 2);
    }

    @Test
    void shouldBringRefusalsAsTheyAre() {
        peers.answer.complete(refusal(ErrorCode.TOPIC_EXISTS));

        assertThat(failure(forwarding.forward(COMMAND, true)).code())
                .isEqualTo(ErrorCode.TOPIC_EXISTS);
        assertThat(peers.submitted).hasSize(1);
    }

    @Test
    void shouldSendAgainOnlyWhatDoesNoHarmTwice() {
        peers.answer = lost();
        MillraceException unknown = failure(forwarding.forward(COMMAND, false));
        assertThat(unknown.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(unknown.outcome()).isEqualTo(WriteOutcome.UNKNOWN);
        assertThat(peers.submitted).hasSize(1);

        CompletableFuture<Answer> answer = forwarding.forward(COMMAND, true);
        peers.answer =
                CompletableFuture.completedFuture(SubmitCommandResponse.getDefaultInstance());
        leads(2, 2);
        answer.join();
        assertThat(peers.submitted).containsExactly(1, 1, 2);
    }

    @Test
    void shouldSendNothingWhereThereIsNoConnection() {
        peers.reachable = false;
        MillraceException failure = failure(forwarding.forward(COMMAND, false));

        assertThat(failure.code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(failure.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
        assertThat(peers.submitted).isEmpty();
    }

    @Test
    void shouldSayThatThisBrokerLeadsItself() {
        leads(3, 2);
        LocalShards own = new LocalShards();
        own.addController(new ShardReplica(0).leads(3, 2));
        Forwarding here =
                new Forwarding(
                        3,
                        new LeaderSearch(
                                Greetings.member(3, "c1"),
                                new Leaders(3, own),
                                new AddressBook(3, () -> ClusterImage.EMPTY, List.of()),
                                peers,
                                System::nanoTime),
                        peers,
                        timer,
                        System::nanoTime,
                        PATIENCE);

        assertThat(failure(here.forward(COMMAND, false)).code()).isEqualTo(ErrorCode.NOT_LEADER);
    }

    @Test
    void shouldEndWhenTheBrokerStops() {
        peers.reachable = false;
        timer.shutdownNow();

        assertThat(failure(forwarding.forward(COMMAND, false)).code())
                .isEqualTo(ErrorCode.NOT_READY);
    }

    private void leads(int node, long epoch) {
        leaders.hear(
                List.of(
                        ShardLeader.newBuilder()
                                .setShard(0)
                                .setNodeId(node)
                                .setEpoch(epoch)
                                .build()),
                Set.of());
    }

    private static SubmitCommandResponse refusal(ErrorCode code) {
        return SubmitCommandResponse.newBuilder()
                .setRefusal(WireError.toDetail(MillraceException.of(code, "no")))
                .build();
    }

    private static CompletableFuture<SubmitCommandResponse> lost() {
        return CompletableFuture.failedFuture(
                MillraceException.of(ErrorCode.NOT_READY, "gRPC status UNAVAILABLE")
                        .withOutcome(WriteOutcome.UNKNOWN));
    }

    private static MillraceException failure(CompletableFuture<Answer> answer) {
        await().atMost(Duration.ofSeconds(10)).until(answer::isDone);
        try {
            answer.join();
        } catch (CompletionException e) {
            return (MillraceException) e.getCause();
        }
        throw new AssertionError("it did not fail");
    }
}
