package io.millrace.raft.transport;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Pieces of checkpoints between replicas: a call for each, so that a copy can go on anywhere. */
final class CheckpointCall implements BindableService {

    private static final String SERVICE = "millrace.raft.v1.Checkpoints";
    private static final int MAX_GROUP_BYTES = 256;

    private static final MethodDescriptor<Frame, Frame> READ =
            MethodDescriptor.<Frame, Frame>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Read"))
                    .setRequestMarshaller(new FrameMarshaller())
                    .setResponseMarshaller(new FrameMarshaller())
                    .build();

    private final PeerGroups groups;

    CheckpointCall(PeerGroups groups) {
        this.groups = groups;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(READ, ServerCalls.asyncUnaryCall(this::read))
                .build();
    }

    private void read(Frame request, StreamObserver<Frame> answer) {
        try {
            answer.onNext(answer(request));
            answer.onCompleted();
        } catch (IOException | IllegalArgumentException e) {
            answer.onError(
                    Status.FAILED_PRECONDITION
                            .withDescription(e.getMessage())
                            .withCause(e)
                            .asRuntimeException());
        }
    }

    private Frame answer(Frame request) throws IOException {
        ByteBuffer bytes = request.parts().isEmpty() ? ByteBuffer.allocate(0) : part(request);
        if (bytes.remaining() < 20 || bytes.remaining() > 20 + MAX_GROUP_BYTES) {
            throw new IllegalArgumentException("this asks for no piece of a checkpoint");
        }
        long index = bytes.getLong();
        long offset = bytes.getLong();
        int maxBytes = bytes.getInt();
        String name = StandardCharsets.UTF_8.decode(bytes).toString();
        if (index < 0 || offset < 0 || maxBytes < 1 || maxBytes > CheckpointChunk.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "no piece of a checkpoint: index %d, offset %d, %d bytes"
                            .formatted(index, offset, maxBytes));
        }
        PeerGroups.Group group = groups.find(name);
        if (group == null) {
            throw new IOException("no replica of group " + name + " runs here");
        }
        CheckpointChunk chunk = group.checkpoints().read(index, offset, maxBytes);
        ByteBuffer answer = ByteBuffer.allocate(12 + chunk.data().remaining());
        answer.putLong(chunk.totalBytes()).putInt(chunk.crc32c()).put(chunk.data().duplicate());
        return new Frame(List.of(answer.flip()));
    }

    private static ByteBuffer part(Frame frame) {
        return frame.parts().get(0).duplicate();
    }

    /**
     * Asks a peer for a piece. Blocks.
     *
     * @throws IOException if it did not come in time, or not whole, or the peer does not have it
     */
    static CheckpointChunk fetch(
            Channel channel, String group, long index, long offset, int maxBytes, Duration timeout)
            throws IOException {
        byte[] name = group.getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = ByteBuffer.allocate(20 + name.length);
        request.putLong(index).putLong(offset).putInt(maxBytes).put(name).flip();
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        Frame answer;
        try {
            answer =
                    ClientCalls.blockingUnaryCall(
                            channel, READ, options, new Frame(List.of(request)));
        } catch (StatusRuntimeException e) {
            throw new IOException("checkpoint " + index + " of group " + group + ": " + e, e);
        }
        ByteBuffer bytes = answer.parts().isEmpty() ? ByteBuffer.allocate(0) : part(answer);
        if (bytes.remaining() < 12) {
            throw new IOException("an answer of " + bytes.remaining() + " bytes is no piece");
        }
        CheckpointChunk chunk = read(bytes);
        if (!chunk.isIntact()) {
            throw new IOException(
                    "checkpoint %d of group %s came damaged at %d".formatted(index, group, offset));
        }
        return chunk;
    }

    private static CheckpointChunk read(ByteBuffer bytes) {
        long total = bytes.getLong();
        int crc = bytes.getInt();
        return new CheckpointChunk(total, bytes.slice(), crc);
    }
}
