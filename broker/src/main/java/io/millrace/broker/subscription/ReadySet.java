package io.millrace.broker.subscription;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The partitions of a subscription that may have something to send, each in its turn: so that an
 * append costs the same however many partitions are followed. {@link #mark} may be called by any
 * thread, the rest belongs to the session's turn.
 */
final class ReadySet {

    private final Queue<FollowedPartition> marked = new ConcurrentLinkedQueue<>();
    private final Deque<FollowedPartition> inTurn = new ArrayDeque<>();

    /** It may have something to send; nothing happens if that is known. */
    void mark(FollowedPartition followed) {
        if (followed.markReady()) {
            marked.add(followed);
        }
    }

    /** Whose turn it is; null if there is none. */
    FollowedPartition current() {
        for (FollowedPartition one = marked.poll(); one != null; one = marked.poll()) {
            inTurn.add(one);
        }
        return inTurn.peek();
    }

    /** The next one's turn comes. */
    void advance() {
        inTurn.add(inTurn.remove());
    }

    /** The present one has nothing more to send. */
    void drop() {
        FollowedPartition idle = inTurn.remove();
        idle.unmarkReady();
        // What came between the last look and this would not be told a second time.
        if (idle.hasMore()) {
            mark(idle);
        }
    }
}
