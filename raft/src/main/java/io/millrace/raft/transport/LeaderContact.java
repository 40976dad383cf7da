package io.millrace.raft.transport;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the leader has said to a replica, and when: from it follows how old the newest state is that
 * the replica has applied wholly. Thread-safe.
 */
public final class LeaderContact {

    /** Closer than this, words are one: only the first counts, which makes staleness no smaller. */
    private static final long SPACING_NANOS = 5_000_000;

    private static final int WORDS = 256;

    private record Word(long nanos, long committedIndex) {}

    /** Oldest first; both parts rise. */
    private final Deque<Word> words = new ArrayDeque<>();

    /**
     * The leader was heard.
     *
     * @param nanos when its message came, by a monotonic clock
     * @param committedIndex what it said was committed
     */
    synchronized void heard(long nanos, long committedIndex) {
        Word last = words.peekLast();
        if (last != null) {
            if (committedIndex < last.committedIndex || nanos - last.nanos < 0) {
                // A new leader does not know yet all that is committed; an old one is no news.
                return;
            }
            if (committedIndex == last.committedIndex) {
                words.removeLast();
            } else if (nanos - last.nanos < SPACING_NANOS || words.size() == WORDS) {
                return;
            }
        }
        words.addLast(new Word(nanos, committedIndex));
    }

    /**
     * How long ago the last word of the leader came whose committed index is applied.
     *
     * @param appliedIndex what the replica has applied
     * @param nanos now, by the same clock
     * @return nanoseconds; {@code Long.MAX_VALUE} if there was no such word
     */
    public synchronized long stalenessNanos(long appliedIndex, long nanos) {
        Word newest = null;
        for (Word word : words) {
            if (word.committedIndex > appliedIndex) {
                break;
            }
            newest = word;
        }
        if (newest == null) {
            return Long.MAX_VALUE;
        }
        while (words.peekFirst() != newest) {
            words.removeFirst();
        }
        return Math.max(0, nanos - newest.nanos);
    }
}
