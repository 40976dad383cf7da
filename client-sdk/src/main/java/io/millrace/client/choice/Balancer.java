package io.millrace.client.choice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Observes candidates and lets a policy choose among those that are not resting after a failure.
 * Internal. Thread-safe; never blocks.
 */
public final class Balancer {
    private static final long FIRST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final double HALF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final double NEWEST_SHARE = 0.3;
    private static final int SPARE_CANDIDATES = 100;

    private final ChoicePolicy policy;
    private final ToIntFunction<String> weights;
    private final LongSupplier nanoTime;
    private final Map<String, Observed> observed = new HashMap<>();

    /**
     * @param weights the weight of a candidate by its id, 1 or more
     * @param nanoTime monotonic
     */
    public Balancer(ChoicePolicy policy, ToIntFunction<String> weights, LongSupplier nanoTime) {
        this.policy = policy;
        this.weights = weights;
        this.nanoTime = nanoTime;
    }

    /**
     * Chooses one. If all are resting: the one whose rest is over first.
     *
     * @param ids one or more
     */
    public synchronized String choose(Collection<String> ids) {
        long now = nanoTime.getAsLong();
        List<Candidate> candidates = new ArrayList<>(ids.size());
        String leastTired = null;
        long earliest = Long.MAX_VALUE;
        for (String id : ids) {
            Observed it = observed(id);
            if (!it.isResting(now)) {
                candidates.add(it.candidate(id, weights.applyAsInt(id), now));
            } else if (leastTired == null || it.restUntil - now < earliest) {
                leastTired = id;
                earliest = it.restUntil - now;
            }
        }
        forgetOthers(ids);
        return candidates.isEmpty() ? leastTired : candidates.get(checked(candidates)).id();
    }

    /** Those of these that are not resting. */
    public synchronized Set<String> available(Collection<String> ids) {
        long now = nanoTime.getAsLong();
        return ids.stream()
                .filter(id -> !observed(id).isResting(now))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A request to a candidate begins. */
    public synchronized Call begin(String id) {
        return new Call(observed(id), nanoTime.getAsLong());
    }

    /** A request that was answered long ago is counted again. */
    public synchronized Call goOn(String id) {
        Call call = begin(id);
        call.answered = true;
        call.candidate.unanswered.removeLastOccurrence(call.begunNanos);
        return call;
    }

    private int checked(List<Candidate> candidates) {
        int chosen = policy.choose(List.copyOf(candidates));
        if (chosen < 0 || chosen >= candidates.size()) {
            throw new IllegalStateException(
                    policy + " chose " + chosen + " of " + candidates.size() + " candidates");
        }
        return chosen;
    }

    private Observed observed(String id) {
        return observed.computeIfAbsent(id, any -> new Observed());
    }

    /** Brokers come and go; what is not asked for is not kept for ever. */
    private void forgetOthers(Collection<String> ids) {
        if (observed.size() > ids.size() + SPARE_CANDIDATES) {
            observed.entrySet()
                    .removeIf(it -> it.getValue().outstanding == 0 && !ids.contains(it.getKey()));
        }
    }

    /** A request or stream under way; each method counts once. Thread-safe. */
    public final class Call {
        private final Observed candidate;
        private final long begunNanos;
        private boolean answered;
        private boolean ended;

        private Call(Observed candidate, long begunNanos) {
            this.candidate = candidate;
            this.begunNanos = begunNanos;
            candidate.outstanding++;
            candidate.unanswered.add(begunNanos);
        }

        /** The (first) answer has come: the candidate works, and that was its response time. */
        public void answered() {
            synchronized (Balancer.this) {
                if (!answered) {
                    answered = true;
                    candidate.unanswered.removeFirstOccurrence(begunNanos);
                    candidate.sample(begunNanos, nanoTime.getAsLong());
                    candidate.failures = 0;
                }
            }
        }

        /** It is over, and that says nothing against the candidate. */
        public void ended() {
            synchronized (Balancer.this) {
                if (!ended) {
                    ended = true;
                    candidate.outstanding--;
                    if (!answered) {
                        answered = true;
                        candidate.unanswered.removeFirstOccurrence(begunNanos);
                    }
                }
            }
        }

        /** It has failed, and that speaks against the candidate: it rests for a while. */
        public void failed() {
            synchronized (Balancer.this) {
                if (!ended) {
                    ended();
                    candidate.rest(nanoTime.getAsLong());
                }
            }
        }
    }

    private static final class Observed {
        private final Deque<Long> unanswered = new ArrayDeque<>();
        private int outstanding;
        private double responseNanos;
        private long sampledAt;
        private int failures;
        private long restUntil;

        /** Resting, or on probation with a request under way. */
        boolean isResting(long now) {
            return failures > 0 && (now - restUntil < 0 || outstanding > 0);
        }

        Candidate candidate(String id, int weight, long now) {
            long oldest = unanswered.isEmpty() ? 0 : now - unanswered.peek();
            long response = Math.max(oldest, Math.round(decayed(now)));
            // Whoever has rested is let in as one of the others. Policies that put those with
            // failures last would never try it again.
            return new Candidate(id, outstanding, response, 0, weight);
        }

        void sample(long begun, long now) {
            double sample = Math.max(1, now - begun);
            double before = decayed(now);
            responseNanos = before == 0 ? sample : before + NEWEST_SHARE * (sample - before);
            sampledAt = now;
        }

        void rest(long now) {
            failures = Math.min(failures + 1, Integer.SIZE - 2);
            long rest = FIRST_REST_NANOS << Math.min(failures - 1, 10);
            restUntil = now + Math.min(rest, LONGEST_REST_NANOS);
        }

        private double decayed(long now) {
            return responseNanos * Math.pow(0.5, (now - sampledAt) / HALF_LIFE_NANOS);
        }
    }
}
