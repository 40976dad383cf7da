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
    private static final int HEADER = 12;
    private static final int MAX_NAME_BYTES = 256;

    private static final MethodDescriptor<Frame, Frame> READ =
            MethodDescriptor.<Frame, Frame>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Read"))
                    .setRequestMarshaller(new FrameMarshaller())
                    .setResponseMarshaller(new FrameMarshaller())
                    .build();

    private volatile CheckpointSource source =
            (name, offset, maxBytes) -> {
                throw new IOException("this broker gives no checkpoints yet");
            };

    /** Where pieces come from, from now on. */
    void source(CheckpointSource checkpoints) {
        source = checkpoints;
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
        if (bytes.remaining() < HEADER || bytes.remaining() > HEADER + MAX_NAME_BYTES) {
            throw new IllegalArgumentException("this asks for no piece of a checkpoint");
        }
        long offset = bytes.getLong();
        int maxBytes = bytes.getInt();
        String name = StandardCharsets.UTF_8.decode(bytes).toString();
        if (offset < 0 || maxBytes < 1 || maxBytes > CheckpointChunk.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "no piece of a checkpoint: offset %d, %d bytes".formatted(offset, maxBytes));
        }
        CheckpointChunk chunk = source.read(name, offset, maxBytes);
        ByteBuffer answer = ByteBuffer.allocate(HEADER + chunk.data().remaining());
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
            Channel channel, String name, long offset, int maxBytes, Duration timeout)
            throws IOException {
        byte[] bytesOfName = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer request = ByteBuffer.allocate(HEADER + bytesOfName.length);
        request.putLong(offset).putInt(maxBytes).put(bytesOfName).flip();
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        Frame answer;
        try {
            answer =
                    ClientCalls.blockingUnaryCall(
                            channel, READ, options, new Frame(List.of(request)));
        } catch (StatusRuntimeException e) {
            throw new IOException(name + ": " + e.getStatus().getDescription(), e);
        }
        ByteBuffer bytes = answer.parts().isEmpty() ? ByteBuffer.allocate(0) : part(answer);
        if (bytes.remaining() < HEADER) {
            throw new IOException("an answer of " + bytes.remaining() + " bytes is no piece");
        }
        CheckpointChunk chunk = read(bytes);
        if (!chunk.isIntact()) {
            throw new IOException(name + " came damaged at " + offset);
        }
        return chunk;
    }

    private static CheckpointChunk read(ByteBuffer bytes) {
        long total = bytes.getLong();
        int crc = bytes.getInt();
        return new CheckpointChunk(total, bytes.slice(), crc);
    }
}
