package io.millrace.client.publish;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A producer id and epoch, as brokers know this publisher. Unborn until the first welcome. Owned by
 * the sender.
 */
final class Producer {
    private long id;
    private int epoch;
    private boolean asking;
    private final Set<String> askedInVain = new HashSet<>();

    boolean isBorn() {
        return id != 0;
    }

    long id() {
        return id;
    }

    int epoch() {
        return epoch;
    }

    /** Whether a stream is about to bring the id: others wait for it, or there would be two. */
    boolean isAsking() {
        return asking;
    }

    void setAsking(boolean value) {
        asking = value;
    }

    /** A broker was asked for the id and has not given one. */
    void askedInVain(String address) {
        asking = false;
        askedInVain.add(address);
    }

    /**
     * Whom to ask for the id: any broker can give one. The leader that the first batch goes to,
     * then the others, each once, then the leader again.
     */
    String whomToAsk(String leader, List<String> others) {
        if (!askedInVain.contains(leader)) {
            return leader;
        }
        for (String other : others) {
            if (!askedInVain.contains(other)) {
                return other;
            }
        }
        askedInVain.clear();
        return leader;
    }

    void born(long givenId, int givenEpoch) {
        id = givenId;
        epoch = givenEpoch;
        asking = false;
    }
}
