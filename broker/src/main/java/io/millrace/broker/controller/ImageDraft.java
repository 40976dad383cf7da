package io.millrace.broker.controller;

import java.util.ArrayList;
import java.util.List;

/**
 * A cluster map on which commands are tried one after the other, to plan them: each sees what the
 * ones before it make. Changes nothing but itself. Not thread-safe.
 */
public final class ImageDraft {

    private final List<ControllerCommand<?>> commands = new ArrayList<>();
    private ControllerState state;

    /**
     * @param image the map to begin with
     */
    public ImageDraft(ClusterImage image) {
        long lastReplica =
                image.shards().values().stream()
                        .mapToLong(ShardImage::lastReplicaId)
                        .max()
                        .orElse(0);
        // Topics and producers are not planned.
        this.state = new ControllerState(image, 1, 1, lastReplica + 1, 1);
    }

    /**
     * Tries a command, and keeps it if it changes something.
     *
     * @return what it yields
     * @throws io.millrace.protocol.error.MillraceException if it is refused
     */
    public <R> R add(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        if (transition.next() != state) {
            state = transition.next();
            commands.add(command);
        }
        return transition.value();
    }

    /** The map as it would be. */
    public ClusterImage image() {
        return state.image();
    }

    /** The commands that change something, in order. */
    public List<ControllerCommand<?>> commands() {
        return List.copyOf(commands);
    }
}
