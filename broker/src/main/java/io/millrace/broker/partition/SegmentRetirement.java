package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The segments that a log has dropped and the checkpoints that may still name them. A segment goes
 * to the trash when neither the newest durable manifest nor the one before nor a checkpoint under
 * way names it, and nobody reads it. Thread-safe.
 */
final class SegmentRetirement {

    private final StoreContext context;
    private final List<Segment> dropped = new ArrayList<>();
    private LogState before;
    private LogState newest;
    private LogState forced;
    private LogState copied;

    SegmentRetirement(StoreContext context, LogState opened) {
        this.context = context;
        this.before = opened;
        this.newest = opened;
        this.forced = opened;
        this.copied = opened;
    }

    synchronized void drop(Segment segment) {
        dropped.add(segment);
    }

    /** The segments that were dropped and not removed yet. */
    synchronized List<Segment> dropped() {
        return List.copyOf(dropped);
    }

    synchronized boolean holdsDropped() {
        return !dropped.isEmpty();
    }

    /** Somebody has a copy of the state, perhaps a checkpoint. */
    synchronized void copied(LogState state) {
        copied = state;
    }

    /** The copy is forced, for a checkpoint that is under way. */
    synchronized void forced(LogState state) {
        forced = state;
    }

    /** The manifest with the state that was forced last is durable. */
    synchronized void manifestDurable() {
        before = newest;
        newest = forced;
    }

    /** No manifest names this log any more. */
    synchronized void forgotten() {
        before = LogState.EMPTY;
        newest = LogState.EMPTY;
        forced = LogState.EMPTY;
        copied = LogState.EMPTY;
    }

    /**
     * Moves to the trash what no manifest names and nobody reads.
     *
     * @return whether nothing is left
     */
    synchronized boolean retire() throws IOException {
        Set<Long> named = new HashSet<>();
        for (LogState state : List.of(before, newest, forced, copied)) {
            state.segments().forEach(segment -> named.add(segment.number()));
        }
        for (Iterator<Segment> segments = dropped.iterator(); segments.hasNext(); ) {
            Segment segment = segments.next();
            if (!named.contains(segment.state().number()) && context.open().close(segment)) {
                segment.file().discard();
                if (Files.exists(segment.directory())) {
                    context.trash().take(segment.directory());
                }
                segments.remove();
            }
        }
        return dropped.isEmpty();
    }
}
