package io.millrace.broker.controller;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Has commands ordered by the controller's leader, where that is another broker. Thread-safe. */
@FunctionalInterface
public interface CommandForwarder {

    /**
     * Sends a command to the leader. Does not block.
     *
     * @param command the command's bytes
     * @param repeatable whether it does no harm if it is applied twice, so that it may be sent
     *     again when the outcome is unknown
     * @return what came of it, within a bounded time; or a {@link
     *     io.millrace.protocol.error.MillraceException} with what is known of the outcome. It is
     *     NOT_LEADER if this broker itself leads by now
     */
    CompletableFuture<Answer> forward(ByteBuffer command, boolean repeatable);

    /**
     * What came of a command.
     *
     * @param value what it yields, in bytes
     * @param mapVersion the version of the map that shows it
     */
    record Answer(ByteBuffer value, long mapVersion) {}
}
