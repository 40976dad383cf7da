package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages in a frame: what it is (1 byte), the method's number (1), the request's number on the
 * connection (8), the length of the body (4), the body.
 */
final class FrameFormat {

    private static final int HEADER = 14;

    /** Data of fewer bytes is copied without thought. */
    private static final int LENT_BYTES = 4 << 10;

    private FrameFormat() {}

    /** What a message is. */
    enum Type {
        REQUEST,
        ANSWER,
        ERROR
    }

    /**
     * A message as received.
     *
     * @param id the request's number, in answers that of the request
     */
    record Received(Type type, RaftMethod method, long id, ByteBuffer body) {

        int bytes() {
            return HEADER + body.remaining();
        }

        /**
         * Its content, which keeps pointing into the frame.
         *
         * @throws BadFrameException if it is not what it says
         */
        Message message() throws BadFrameException {
            Message kind =
                    switch (type) {
                        case REQUEST -> method.request;
                        case ANSWER -> method.response;
                        case ERROR -> ErrorResponse.getDefaultInstance();
                    };
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(body).newCodedInput();
            input.enableAliasing(true);
            try {
                return kind.getParserForType().parseFrom(input);
            } catch (InvalidProtocolBufferException e) {
                throw new BadFrameException(
                        "a " + type + " of " + method + " that cannot be read: " + e.getMessage());
            }
        }
    }

    /** A peer sent what is no frame. */
    static final class BadFrameException extends Exception {
        private static final long serialVersionUID = 1;

        BadFrameException(String message) {
            super(message);
        }
    }

    /** Nothing of the message is used after the call. */
    static ByteBuffer write(Type type, RaftMethod method, long id, Message body) {
        int size = body.getSerializedSize();
        byte[] bytes = begin(type, method, id, size, size);
        CodedOutputStream output = CodedOutputStream.newInstance(bytes, HEADER, size);
        try {
            body.writeTo(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output.checkNoSpaceLeft();
        return ByteBuffer.wrap(bytes);
    }

    /** A request; the data of an append, if it is much, is not copied. */
    static OutgoingMessage request(RaftMethod method, long id, Message body) {
        return body instanceof AppendEntriesRequest append && append.getData().size() >= LENT_BYTES
                ? append(method, id, append)
                : new OutgoingMessage(write(Type.REQUEST, method, id, body));
    }

    private static OutgoingMessage append(RaftMethod method, long id, AppendEntriesRequest body) {
        ByteString data = body.getData();
        int size = body.getSerializedSize();
        int own = size - data.size();
        byte[] bytes = begin(Type.REQUEST, method, id, size, own);
        CodedOutputStream output = CodedOutputStream.newInstance(bytes, HEADER, own);
        try {
            body.toBuilder().clearData().build().writeTo(output);
            // The last of the fields, as protobuf writes them too.
            output.writeTag(
                    AppendEntriesRequest.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            output.writeUInt32NoTag(data.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output.checkNoSpaceLeft();
        return new OutgoingMessage(ByteBuffer.wrap(bytes), LentBytes.of(data));
    }

    private static byte[] begin(Type type, RaftMethod method, long id, int size, int own) {
        byte[] bytes = new byte[HEADER + own];
        ByteBuffer.wrap(bytes)
                .put((byte) type.ordinal())
                .put((byte) method.number)
                .putLong(id)
                .putInt(size);
        return bytes;
    }

    /**
     * @throws BadFrameException if it is not a row of messages
     */
    static List<Received> read(Frame frame) throws BadFrameException {
        List<Received> messages = new ArrayList<>(1);
        for (ByteBuffer part : frame.parts()) {
            ByteBuffer rest = part.duplicate();
            while (rest.hasRemaining()) {
                messages.add(next(rest));
            }
        }
        return messages;
    }

    private static Received next(ByteBuffer rest) throws BadFrameException {
        if (rest.remaining() < HEADER) {
            throw new BadFrameException("a message cut off after " + rest.remaining() + " bytes");
        }
        int type = rest.get();
        int number = rest.get();
        long id = rest.getLong();
        int size = rest.getInt();
        RaftMethod method = RaftMethod.of(number);
        if (type < 0 || type >= Type.values().length || method == null) {
            throw new BadFrameException("no message has type " + type + ", method " + number);
        }
        if (size < 0 || size > rest.remaining()) {
            throw new BadFrameException(
                    "a message of " + size + " bytes, of which there are " + rest.remaining());
        }
        ByteBuffer body = rest.slice(rest.position(), size);
        rest.position(rest.position() + size);
        return new Received(Type.values()[type], method, id, body);
    }
}
