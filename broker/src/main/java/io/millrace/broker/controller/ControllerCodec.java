package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * Commands, what they yield, and cluster maps as bytes, for the way from broker to broker. What is
 * read may come from anywhere: it is wholly checked, and nothing but {@link MalformedException} is
 * thrown. The buffers returned are array-backed and the caller's own; those given keep their
 * position.
 */
public final class ControllerCodec {

    private ControllerCodec() {}

    /** A command. */
    public static ByteBuffer encodeCommand(ControllerCommand<?> command) {
        return CommandKind.encode(command);
    }

    /** The command in the bytes. */
    public static ControllerCommand<?> decodeCommand(ByteBuffer bytes) throws MalformedException {
        return CommandKind.decode(bytes);
    }

    /** What a command yielded. */
    public static <R> ByteBuffer encodeValue(ControllerCommand<R> command, R value) {
        WireWriter out = new WireWriter();
        command.encodeValue(value, out);
        return out.toBuffer();
    }

    /** What a command yielded elsewhere. */
    public static <R> R decodeValue(ControllerCommand<R> command, ByteBuffer bytes)
            throws MalformedException {
        WireReader in = new WireReader(bytes);
        R value = command.decodeValue(in);
        in.end();
        return value;
    }

    /** A cluster map. */
    public static ByteBuffer encodeImage(ClusterImage image) {
        WireWriter out = new WireWriter();
        image.encode(out);
        return out.toBuffer();
    }

    /** The cluster map in the bytes. */
    public static ClusterImage decodeImage(ByteBuffer bytes) throws MalformedException {
        WireReader in = new WireReader(bytes);
        ClusterImage image = ClusterImage.decode(in);
        in.end();
        return image;
    }
}
