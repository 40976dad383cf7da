package io.millrace.raft.transport;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas that wait for an entry of their shards, whatever it holds, say so to the broker that
 * leads them: one call for all. Nothing is promised: who still waits says it again.
 */
final class MoveOnCall implements BindableService {

    /** More than a cluster may have; what is behind them is not asked for. */
    static final int MAX_SHARDS = 1 << 15;

    private static final Logger LOG = LoggerFactory.getLogger(MoveOnCall.class);
    private static final String SERVICE = "millrace.raft.v1.Shards";
    private static final long DEADLINE_S = 2;

    /** The shards' numbers, four bytes each; the answer is empty. */
    private static final MethodDescriptor<Frame, Frame> MOVE_ON =
            MethodDescriptor.<Frame, Frame>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "MoveOn"))
                    .setRequestMarshaller(new FrameMarshaller())
                    .setResponseMarshaller(new FrameMarshaller())
                    .build();

    private volatile IntConsumer listener = shard -> {};

    /** Who hears the numbers of shards that are waited for, from now on; must not block. */
    void listener(IntConsumer shards) {
        listener = shards;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(MOVE_ON, ServerCalls.asyncUnaryCall(this::moveOn))
                .build();
    }

    private void moveOn(Frame request, StreamObserver<Frame> answer) {
        int bytes = request.bytes();
        if (bytes == 0 || bytes % Integer.BYTES != 0 || bytes > MAX_SHARDS * Integer.BYTES) {
            String reason = "%d bytes are not the numbers of 1 to %d shards";
            answer.onError(
                    Status.INVALID_ARGUMENT
                            .withDescription(reason.formatted(bytes, MAX_SHARDS))
                            .asRuntimeException());
            return;
        }
        ByteBuffer shards = request.parts().get(0).duplicate();
        while (shards.hasRemaining()) {
            listener.accept(shards.getInt());
        }
        answer.onNext(new Frame(List.of()));
        answer.onCompleted();
    }

    /** Asks a peer. Does not block. */
    static void ask(Channel channel, List<Integer> shards) {
        int count = Math.min(MAX_SHARDS, shards.size());
        ByteBuffer request = ByteBuffer.allocate(count * Integer.BYTES);
        shards.stream().limit(count).forEach(request::putInt);
        send(channel, new Frame(List.of(request.flip())), new Answer(channel.authority(), count));
    }

    static void send(Channel channel, Frame request, StreamObserver<Frame> answer) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
        try {
            ClientCalls.asyncUnaryCall(channel.newCall(MOVE_ON, options), request, answer);
        } catch (RejectedExecutionException e) {
            LOG.debug("No peer is asked any more: the network is closed", e);
        }
    }

    /** Whoever asked sees by the entry whether it helped. */
    private record Answer(String peer, int shards) implements StreamObserver<Frame> {

        @Override
        public void onNext(Frame frame) {
            // says nothing
        }

        @Override
        public void onError(Throwable error) {
            LOG.debug("{} could not be asked to move {} shards on", peer, shards, error);
        }

        @Override
        public void onCompleted() {
            // nothing is promised
        }
    }
}
