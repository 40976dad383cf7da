package io.millrace.broker.pull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Decides which hole is filled next and who is asked: whoever has not just refused it or been
 * unreachable. Goes on where it was, so that records are read and written in order; partitions
 * begin with different sources. Pure but for what it remembers of failures; confined to one thread.
 */
final class PullPlan {

    private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How soon the trim of a source ahead may arrive here. */
    private static final long TRIM_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Map<Integer, Backoff> unreachable = new HashMap<>();
    private final Map<Refusal, Backoff> refused = new HashMap<>();
    private final Map<MissingRange.Key, Backoff> trimmed = new HashMap<>();
    private MissingRange.Key last;

    /**
     * What to do next.
     *
     * @param target the hole to pull into; null if there is nothing to do at the moment
     * @param node whom to ask
     * @param waitNanos when there is something to do, if there is not now; {@link Long#MAX_VALUE}
     *     if there is nobody to ask
     */
    record Step(MissingRange target, int node, long waitNanos) {}

    private record Refusal(MissingRange.Key hole, int node) {}

    /**
     * The next step.
     *
     * @param missing all holes
     * @param nodes the brokers with a replica besides this one that are believed to live, the
     *     preferred first
     */
    Step next(List<MissingRange> missing, List<Integer> nodes, long nowNanos) {
        forgetAllBut(missing, nodes);
        long wait = Long.MAX_VALUE;
        Step found = null;
        for (MissingRange hole : missing) {
            boolean goesOn = hole.key().equals(last);
            if (found != null && !goesOn) {
                continue;
            }
            Step step = stepFor(hole, nodes, nowNanos);
            if (step.target() != null) {
                found = step;
                if (goesOn) {
                    break;
                }
            }
            wait = Math.min(wait, step.waitNanos());
        }
        if (found == null) {
            return new Step(null, 0, wait);
        }
        last = found.target().key();
        return found;
    }

    private Step stepFor(MissingRange hole, List<Integer> nodes, long nowNanos) {
        long holeWait = Backoff.waitNanos(trimmed.get(hole.key()), nowNanos);
        long wait = Long.MAX_VALUE;
        for (int i = 0; i < nodes.size(); i++) {
            int node = nodes.get((int) Math.floorMod(hole.partitionId() + i, (long) nodes.size()));
            Refusal refusal = new Refusal(hole.key(), node);
            long nodeWait =
                    Math.max(
                            Backoff.waitNanos(unreachable.get(node), nowNanos),
                            Backoff.waitNanos(refused.get(refusal), nowNanos));
            if (Math.max(nodeWait, holeWait) == 0) {
                return new Step(hole, node, 0);
            }
            wait = Math.min(wait, Math.max(nodeWait, holeWait));
        }
        return new Step(null, 0, wait);
    }

    /** Some of it has come. */
    void succeeded(Step step) {
        unreachable.remove(step.node());
        refused.remove(new Refusal(step.target().key(), step.node()));
        trimmed.remove(step.target().key());
    }

    /** The broker could not be reached, or did not answer. */
    void unreachable(Step step, long nowNanos) {
        unreachable.compute(step.node(), (node, before) -> failed(before, nowNanos));
    }

    /**
     * The broker has not got it, or what it gave was bad.
     *
     * @return whether that is news
     */
    boolean refused(Step step, long nowNanos) {
        unreachable.remove(step.node());
        Backoff now =
                refused.compute(
                        new Refusal(step.target().key(), step.node()),
                        (refusal, before) -> failed(before, nowNanos));
        return now.failures() == 1;
    }

    /**
     * The beginning of the hole is trimmed there. That broker is ahead of this one, to which the
     * trim is on its way: so this is waited for, and the next hole is filled meanwhile.
     */
    void trimmed(Step step, long nowNanos) {
        unreachable.remove(step.node());
        trimmed.put(step.target().key(), new Backoff(1, nowNanos + TRIM_WAIT_NANOS));
    }

    private static Backoff failed(Backoff before, long nowNanos) {
        return Backoff.after(before, nowNanos, FIRST_WAIT_NANOS, LONGEST_WAIT_NANOS);
    }

    private void forgetAllBut(List<MissingRange> missing, List<Integer> nodes) {
        unreachable.keySet().retainAll(nodes);
        if (refused.isEmpty() && trimmed.isEmpty()) {
            return;
        }
        Set<MissingRange.Key> keys = new HashSet<>();
        missing.forEach(hole -> keys.add(hole.key()));
        refused.keySet().removeIf(one -> !keys.contains(one.hole()) || !nodes.contains(one.node()));
        trimmed.keySet().retainAll(keys);
    }
}
