package io.millrace.client.choice;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@link ChoicePolicy#roundRobin}. */
final class RoundRobin implements ChoicePolicy {
    private final AtomicInteger turn;

    RoundRobin(int first) {
        this.turn = new AtomicInteger(first);
    }

    @Override
    public int choose(List<Candidate> candidates) {
        return Math.floorMod(turn.getAndIncrement(), candidates.size());
    }
}
