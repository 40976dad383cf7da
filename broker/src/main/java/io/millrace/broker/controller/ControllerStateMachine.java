package io.millrace.broker.controller;

import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Proposal;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shard 0: applies {@link ControllerCommand}s to a {@link ControllerState} and publishes the map.
 *
 * <p>The state is replaced, never changed, so an entry whose content is bad, or trips over a bug,
 * leaves it as it was, on every replica alike, and is answered with an error.
 *
 * <p>Thread-safety: the state machine's methods belong to the apply thread; {@link #state} and
 * {@link #images} may be called by any.
 */
public final class ControllerStateMachine implements StateMachine {

    private static final Logger log = LoggerFactory.getLogger(ControllerStateMachine.class);

    private final ClusterImages images;
    private volatile ControllerState state = ControllerState.EMPTY;

    /** With images of its own. */
    public ControllerStateMachine() {
        this(new ClusterImages());
    }

    /**
     * @param images where the map is published, unless a newer one came by another way
     */
    public ControllerStateMachine(ClusterImages images) {
        this.images = images;
    }

    /** The newest map known here. */
    public ClusterImages images() {
        return images;
    }

    ControllerState state() {
        return state;
    }

    @Override
    public void restore(CheckpointMark mark, ByteBuffer manifest) throws IOException {
        try {
            state = ControllerState.decode(new WireReader(manifest));
        } catch (MalformedException e) {
            throw new IOException(
                    "the controller's checkpoint at index %d cannot be read: %s"
                            .formatted(mark.index(), e.getMessage()),
                    e);
        }
    }

    @Override
    public Checkpoint install(CheckpointMark mark, ByteBuffer replicated) throws IOException {
        restore(mark, replicated);
        images.publish(state.image());
        return checkpoint();
    }

    /** All of it is. */
    @Override
    public ByteBuffer replicatedPart(ByteBuffer manifest) {
        return manifest;
    }

    @Override
    public void started() {
        images.publish(state.image());
    }

    @Override
    public void apply(long index, long term, ByteBuffer data, Proposal proposal) {
        ControllerProposal<?> asked = proposal instanceof ControllerProposal<?> ours ? ours : null;
        Object value;
        try {
            ControllerCommand<?> command = CommandKind.decode(data);
            requireLevel(command);
            Transition<?> transition = command.applyTo(state);
            state = transition.next();
            value = transition.value();
            if (asked != null) {
                log.info(
                        "{} in force index={} mapVersion={}",
                        command.kind(),
                        index,
                        state.image().version());
            }
        } catch (MillraceException refusal) {
            refuse(asked, refusal);
            return;
        } catch (MalformedException malformed) {
            log.error("entry is not understood index={}: {}", index, malformed.getMessage());
            refuse(
                    asked,
                    MillraceException.of(
                            ErrorCode.UNSUPPORTED_VERSION,
                            "the controller does not understand the entry, and skips it: "
                                    + malformed.getMessage()));
            return;
        } catch (RuntimeException bug) {
            log.error("entry is skipped because of a bug index={}", index, bug);
            refuse(asked, MillraceException.of(ErrorCode.INTERNAL, bug.toString(), bug));
            return;
        }
        images.publish(state.image());
        if (asked != null) {
            asked.applied(value);
        }
    }

    /** Before the cluster is formed it has no level, and nothing else is allowed anyway. */
    private void requireLevel(ControllerCommand<?> command) {
        ClusterImage image = state.image();
        if (image.formed() && command.kind().featureLevel() > image.featureLevel()) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "%s needs feature level %d, and the cluster is at %d; raise it once all brokers"
                                    .formatted(
                                            command.kind(),
                                            command.kind().featureLevel(),
                                            image.featureLevel())
                            + " run a version that understands it");
        }
    }

    private static void refuse(ControllerProposal<?> asked, MillraceException refusal) {
        if (asked != null) {
            asked.refused(refusal);
        }
    }

    @Override
    public void leaderStarted(long term) {
        log.info("the controller is led here term={}", term);
    }

    @Override
    public void leaderStopped() {
        log.info("the controller is not led here any more");
    }

    @Override
    public Checkpoint checkpoint() {
        return new StateCheckpoint(state);
    }

    @Override
    public void failed(String reason) {
        log.error("the controller's replica has failed: {}", reason);
    }

    /** The state is all there is: nothing to force, nothing to remove. */
    private record StateCheckpoint(ControllerState copy) implements Checkpoint {

        @Override
        public void force() {
            // the manifest points to nothing
        }

        @Override
        public ByteBuffer manifest() {
            WireWriter out = new WireWriter();
            copy.encode(out);
            return out.toBuffer();
        }

        @Override
        public void completed() {
            // nothing to remove
        }
    }
}
