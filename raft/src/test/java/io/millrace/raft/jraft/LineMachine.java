package io.millrace.raft.jraft;

import io.millrace.raft.Proposal;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A state machine that is the list of lines applied to it. */
final class LineMachine implements StateMachine {

    /** A line that the machine cannot apply. */
    static final String POISON = "poison";

    final List<String> lines = new CopyOnWriteArrayList<>();

    /** What happened, in order. */
    final List<String> events = new CopyOnWriteArrayList<>();

    /** The Raft indices applied in this life. */
    final List<Long> applied = new CopyOnWriteArrayList<>();

    /** Held by the test to keep the machine from applying. */
    final Semaphore gate = new Semaphore(1);

    /** Held by the test to keep a checkpoint from being forced. */
    final Semaphore forceGate = new Semaphore(1);

    volatile String failure;
    volatile boolean whole = true;
    volatile boolean failForce;
    volatile boolean failRestore;
    volatile Error manifestError;
    volatile int completed;

    /** Whether space waits for so many checkpoints to be complete. */
    volatile int wantedCheckpoints;

    @Override
    public void restore(CheckpointMark mark, ByteBuffer manifest) throws IOException {
        if (failRestore) {
            throw new IOException("a segment is missing");
        }
        events.add("restore " + mark.index());
        String text = StandardCharsets.UTF_8.decode(manifest).toString();
        lines.addAll(text.lines().toList());
    }

    @Override
    public Checkpoint install(CheckpointMark mark, ByteBuffer replicated) {
        events.add("install " + mark.index());
        lines.clear();
        lines.addAll(StandardCharsets.UTF_8.decode(replicated).toString().lines().toList());
        return checkpoint();
    }

    @Override
    public ByteBuffer replicatedPart(ByteBuffer manifest) {
        return manifest;
    }

    @Override
    public void started() {
        events.add("started");
    }

    @Override
    public void apply(long index, long term, ByteBuffer data, Proposal proposal) {
        String line = StandardCharsets.UTF_8.decode(data).toString();
        if (line.equals(POISON)) {
            throw new IllegalStateException("cannot apply " + line);
        }
        gate.acquireUninterruptibly();
        gate.release();
        lines.add(line);
        applied.add(index);
        if (proposal != null) {
            ((Line) proposal).applied(index);
        }
    }

    @Override
    public void leaderStarted(long term) {
        events.add("leaderStarted after " + lines.size());
    }

    @Override
    public void leaderStopped() {
        events.add("leaderStopped");
    }

    @Override
    public Checkpoint checkpoint() {
        List<String> copy = new ArrayList<>(lines);
        return new Checkpoint() {
            @Override
            public void force() throws IOException {
                forceGate.acquireUninterruptibly();
                forceGate.release();
                if (failForce) {
                    throw new IOException("force failed");
                }
            }

            @Override
            public ByteBuffer manifest() {
                if (manifestError != null) {
                    throw manifestError;
                }
                return ByteBuffer.wrap(String.join("\n", copy).getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void completed() {
                completed++;
            }
        };
    }

    @Override
    public boolean isWhole() {
        return whole;
    }

    @Override
    public boolean wantsCheckpoint() {
        return completed < wantedCheckpoints;
    }

    @Override
    public void failed(String reason) {
        failure = reason;
    }
}
