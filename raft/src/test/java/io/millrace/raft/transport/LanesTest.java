package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the lanes, without replicas behind them. */
@Timeout(60)
final class LanesTest {

    private static final Endpoint TWO = new Endpoint("node", 2);

    private final Peers peers = new Peers();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> handled = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        gate.countDown();
        peers.close();
    }

    private RpcClient connect() throws Exception {
        peers.around = handler -> this::handle;
        PeerNetwork one = peers.start(1);
        peers.start(2);
        Peers.awaitUp(one, 2);
        return one.rpcClient();
    }

    /** Group "stuck" waits at the gate. */
    private void handle(RequestHandler.Request request, Answer answer) {
        if (request.group().equals("stuck")) {
            await().until(() -> gate.getCount() == 0);
        }
        AppendEntriesRequest append = (AppendEntriesRequest) request.content();
        handled.add(request.group() + " " + append.getTerm());
        answer.send(
                AppendEntriesResponse.newBuilder()
                        .setTerm(append.getTerm())
                        .setSuccess(true)
                        .setLastLogIndex(append.getData().size())
                        .build());
    }

    private static AppendEntriesRequest.Builder append(String group, long term) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId(group)
                .setServerId("node:1:1")
                .setPeerId("node:2:1")
                .setTerm(term)
                .setPrevLogIndex(0)
                .setPrevLogTerm(0)
                .setCommittedIndex(0);
    }

    private static CompletableFuture<Object> send(
            RpcClient client, AppendEntriesRequest request, long timeoutMillis) throws Exception {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        client.invokeAsync(
                TWO,
                request,
                (InvokeCallback)
                        (result, error) -> {
                            if (error == null) {
                                answer.complete(result);
                            } else {
                                answer.completeExceptionally(error);
                            }
                        },
                timeoutMillis);
        return answer;
    }

    /** L4: one stream carries all groups; one that is stuck must not stop the others. */
    @Test
    void shouldAnswerBusyForAGroupThatIsStuckWhileOthersGoOn() throws Exception {
        peers.options = peers.options.withQueues(32 << 20, 3 << 20, 128 << 20);
        RpcClient client = connect();
        ByteString data = ByteString.copyFrom(new byte[1 << 20]);
        List<CompletableFuture<Object>> stuck = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            stuck.add(send(client, append("stuck", i).setData(data).build(), 20_000));
        }
        for (int i = 0; i < 20; i++) {
            Object answer =
                    send(client, append("free", i).setData(data).build(), 20_000)
                            .get(10, TimeUnit.SECONDS);
            assertThat(answer).isInstanceOf(AppendEntriesResponse.class);
        }
        Object busy = stuck.get(5).get(10, TimeUnit.SECONDS);
        assertThat(busy).isInstanceOf(ErrorResponse.class);
        assertThat(((ErrorResponse) busy).getErrorCode()).isEqualTo(RaftError.EBUSY.getNumber());
        assertThat(stuck.get(0)).isNotDone();

        gate.countDown();
        assertThat(stuck.get(0).get(10, TimeUnit.SECONDS))
                .isInstanceOf(AppendEntriesResponse.class);
    }

    /** L8: a reader waits for a round of heartbeats, which must not wait for company. */
    @Test
    void shouldNotHoldBackHeartbeatsThatAReaderWaitsFor() throws Exception {
        peers.options = peers.options.withGather(Duration.ofSeconds(30));
        RpcClient client = connect();
        CompletableFuture<Object> held = send(client, append("idle", 1).build(), 50_000);
        peers.networks.get(1).readBegun("read");
        Object answer = send(client, append("read", 2).build(), 50_000).get(5, TimeUnit.SECONDS);
        peers.networks.get(1).readEnded("read");

        assertThat(answer).isInstanceOf(AppendEntriesResponse.class);
        assertThat(held).isNotDone();
        assertThat(handled).containsExactly("read 2");
    }

    @Test
    void shouldSendTheHeartbeatsOfFiftyGroupsInOneFrame() {
        List<Frame> frames = new ArrayList<>();
        Outgoing outgoing =
                new Outgoing(
                        new Outgoing.Sink() {
                            @Override
                            public boolean isReady() {
                                return true;
                            }

                            @Override
                            public void send(Frame frame) {
                                frames.add(frame);
                            }
                        },
                        1 << 20);
        for (int i = 0; i < 50; i++) {
            ByteBuffer beat =
                    FrameFormat.write(
                            FrameFormat.Type.REQUEST,
                            RaftMethod.HEARTBEAT,
                            i,
                            append("group-" + i, 1).build());
            assertThat(outgoing.hold(new OutgoingMessage(beat))).isEqualTo(Outgoing.Fate.TAKEN);
        }
        assertThat(frames).isEmpty();
        outgoing.release();
        assertThat(frames).hasSize(1);
        assertThat(outgoing.waitingBytes()).isZero();
    }

    @Test
    void shouldKeepTheOrderWithinAGroup() throws Exception {
        RpcClient client = connect();
        List<CompletableFuture<Object>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ByteString some = ByteString.copyFrom(new byte[i]);
            answers.add(send(client, append("g" + i % 5, i).setData(some).build(), 20_000));
        }
        for (int i = 0; i < 500; i++) {
            AppendEntriesResponse answer =
                    (AppendEntriesResponse) answers.get(i).get(20, TimeUnit.SECONDS);
            assertThat(answer.getLastLogIndex()).isEqualTo(i);
        }
        for (int group = 0; group < 5; group++) {
            String name = "g" + group + " ";
            assertThat(handled.stream().filter(each -> each.startsWith(name)))
                    .extracting(each -> Integer.parseInt(each.substring(name.length())))
                    .isSorted()
                    .hasSize(100);
        }
    }

    @Test
    void shouldFailWhatIsInFlightAtOnceWhenThePeerGoes() throws Exception {
        RpcClient client = connect();
        CompletableFuture<Object> waiting =
                send(client, append("stuck", 1).setData(ByteString.EMPTY).build(), 60_000);
        await().until(
                        () ->
                                peers.networks.get(1).traffic().stream()
                                        .anyMatch(t -> t.inFlight() > 0));
        peers.networks.get(2).close();

        await().atMost(5, TimeUnit.SECONDS).until(waiting::isCompletedExceptionally);
        try {
            waiting.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(RemotingException.class);
        }
        await().until(() -> !client.checkConnection(TWO, true));
    }

    @Test
    void shouldTellWhatIsNoFrame() throws Exception {
        ByteBuffer good =
                FrameFormat.write(
                        FrameFormat.Type.REQUEST, RaftMethod.HEARTBEAT, 7, append("g", 1).build());
        FrameFormat.Received read = FrameFormat.read(new Frame(List.of(good))).get(0);
        assertThat(read.id()).isEqualTo(7);
        assertThat(read.message()).isEqualTo(append("g", 1).build());
        for (int cut = 1; cut < good.remaining(); cut++) {
            ByteBuffer part = good.slice(0, cut);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> FrameFormat.read(new Frame(List.of(part))))
                    .isInstanceOf(FrameFormat.BadFrameException.class);
        }
        ByteBuffer other = good.duplicate();
        other.put(1, (byte) 99);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> FrameFormat.read(new Frame(List.of(other))))
                .hasMessageContaining("method 99");
    }

    /** jraft sends from buffers that it uses again, perhaps as soon as the call is over. */
    @Test
    void shouldNotSendWhatIsInTheBufferAfterTheCall() throws Exception {
        peers.options = peers.options.withQueues(256 << 20, 256 << 20, 256 << 20);
        List<Long> sums = new CopyOnWriteArrayList<>();
        peers.around =
                handler ->
                        (request, answer) -> {
                            AppendEntriesRequest append = (AppendEntriesRequest) request.content();
                            sums.add(sum(append.getData()));
                            answer.send(
                                    AppendEntriesResponse.newBuilder()
                                            .setTerm(1)
                                            .setSuccess(true)
                                            .build());
                        };
        PeerNetwork one = peers.start(1);
        peers.start(2);
        Peers.awaitUp(one, 2);
        RpcClient client = one.rpcClient();
        Random random = new Random(5);
        List<Long> expected = new ArrayList<>();
        byte[] buffer = new byte[1 << 20];
        for (int i = 0; i < 120; i++) {
            int size = 1 + random.nextInt(buffer.length);
            random.nextBytes(buffer);
            ByteString data = UnsafeByteOperations.unsafeWrap(buffer, 0, size);
            expected.add(sum(data));
            send(client, append("g", i).setData(data).build(), 60_000);
            Arrays.fill(buffer, (byte) i);
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> sums.size() == expected.size());
        assertThat(sums).isEqualTo(expected);
    }

    private static long sum(ByteString data) {
        CRC32C sum = new CRC32C();
        sum.update(data.asReadOnlyByteBuffer());
        return sum.getValue();
    }
}
