package io.millrace.broker.receiving;

import java.util.HashMap;
import java.util.Map;

/** The words of members that are not durable yet, by their tokens. Confined to the queue's loop. */
final class SettleWords {

    private record Word(SettleAnswer answer, int index) {}

    private final Map<Long, Word> words = new HashMap<>();
    private long last;

    /** A token for a word. */
    long add(SettleAnswer answer, int index) {
        words.put(++last, new Word(answer, index));
        return last;
    }

    /** It is durable, or nothing has to be. */
    void done(long token) {
        Word word = words.remove(token);
        word.answer.done(word.index);
    }

    /** It came too late. */
    void expired(long token) {
        Word word = words.remove(token);
        word.answer.expired(word.index);
    }
}
