package io.millrace.client.membership;

import io.millrace.client.cluster.Backoff;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Whom to ask for the coordinator, and when. Pure; guarded by its owner's lock. */
final class CoordinatorSearch {
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final int MAX_REDIRECTS_AT_ONCE = 3;

    private final Backoff backoff;
    private String coordinator = "";
    private int redirects;
    private int turn;

    CoordinatorSearch(RandomGenerator random) {
        this.backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
    }

    /**
     * Whom to ask next.
     *
     * @param all the brokers that are known, not empty; they are asked in turn
     */
    String next(List<String> all) {
        return coordinator.isEmpty() ? all.get(turn++ % all.size()) : coordinator;
    }

    /** The coordinator is there. */
    void found(String address) {
        coordinator = address;
        redirects = 0;
        backoff.reset();
    }

    /** Who was asked is not there, or does not answer. */
    void forget() {
        coordinator = "";
    }

    /**
     * Who was asked says who it is.
     *
     * @return how long to wait before asking, in nanoseconds: two that name each other must not
     *     keep it busy
     */
    long redirected(String from, MillraceException why) {
        String leader = why.leader().orElse("");
        coordinator = leader.equals(from) ? "" : leader;
        boolean atOnce = !coordinator.isEmpty() && redirects++ < MAX_REDIRECTS_AT_ONCE;
        return atOnce ? 0 : waitNanos(why.retryAfterMs());
    }

    /** How long to wait after a failure, in nanoseconds. */
    long waitNanos(int atLeastMs) {
        return Math.max(backoff.next(), TimeUnit.MILLISECONDS.toNanos(atLeastMs));
    }
}
