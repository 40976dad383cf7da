package io.millrace.protocol.message;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Copies a message out of the network's buffers into an array of its own, and leaves its bytes
 * fields there; gRPC's own marshaller copies them once more. A bytes field keeps the whole message
 * in memory, so this is for messages that are little else. Thread-safe.
 *
 * @param <T> the type of the messages
 */
public final class AliasingMarshaller<T extends MessageLite>
        implements MethodDescriptor.Marshaller<T> {
    private final MethodDescriptor.Marshaller<T> plain;
    private final Parser<T> parser;
    private final int room;

    /**
     * @param plain writes the messages
     * @param parser reads them
     * @param room bytes that are left free before each message in its array
     */
    AliasingMarshaller(MethodDescriptor.Marshaller<T> plain, Parser<T> parser, int room) {
        this.plain = plain;
        this.parser = parser;
        this.room = room;
    }

    /**
     * The same method, its requests parsed so.
     *
     * @param room so many bytes at least lie before each bytes field in its array: whoever has the
     *     message for himself, and no other bytes field in it, may write there, see {@link
     *     io.millrace.protocol.batch.BatchBytes#withRoom}
     */
    public static <Q extends MessageLite, R> MethodDescriptor<Q, R> ofRequests(
            MethodDescriptor<Q, R> method, Parser<Q> parser, int room) {
        return method.toBuilder(
                        new AliasingMarshaller<>(method.getRequestMarshaller(), parser, room),
                        method.getResponseMarshaller())
                .build();
    }

    /** The same method, its responses parsed so. */
    public static <Q, R extends MessageLite> MethodDescriptor<Q, R> ofResponses(
            MethodDescriptor<Q, R> method, Parser<R> parser) {
        return method.toBuilder(
                        method.getRequestMarshaller(),
                        new AliasingMarshaller<>(method.getResponseMarshaller(), parser, 0))
                .build();
    }

    @Override
    public InputStream stream(T message) {
        return plain.stream(message);
    }

    @Override
    public T parse(InputStream stream) {
        byte[] bytes;
        try {
            bytes = bytesOf(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Of a ByteString, so that it is known that the array will not change.
        CodedInputStream input =
                UnsafeByteOperations.unsafeWrap(bytes, room, bytes.length - room).newCodedInput();
        input.enableAliasing(true);
        try {
            T message = parser.parseFrom(input);
            input.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL
                    .withDescription("the bytes are no message of the protocol")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    private byte[] bytesOf(InputStream stream) throws IOException {
        if (!(stream instanceof KnownLength)) {
            byte[] message = stream.readAllBytes();
            byte[] bytes = new byte[room + message.length];
            System.arraycopy(message, 0, bytes, room, message.length);
            return bytes;
        }
        int length = stream.available();
        byte[] bytes = new byte[room + length];
        int read = stream.readNBytes(bytes, room, length);
        if (read < length || stream.read() >= 0) {
            throw new IOException("a message of another length than announced");
        }
        return bytes;
    }
}
