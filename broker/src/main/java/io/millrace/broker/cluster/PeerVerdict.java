package io.millrace.broker.cluster;

import io.millrace.broker.controller.BrokerImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Decides whether this broker must stop because others do not let it in, so that a broker that can
 * never come back does not wait for ever. Thread-safe; no method blocks.
 *
 * <p>Whose word counts is what keeps a healthy broker from being stopped by a stranger:
 *
 * <ul>
 *   <li>Only those are heard whom this broker has called at the address of a member, and who say
 *       that they are that member of the same cluster. Nobody who calls can say anything here.
 *   <li>A broker whose present life the map does not know yet stops at the word of one of them. It
 *       serves nobody, so nothing is lost by it, and what such a refusal says is a fact of the map
 *       that never changes again: a later start of the directory, or another process with the same
 *       one. To ask for more would mean to wait for ever with a member down.
 *   <li>Once it is registered, more than half of the other brokers of its map must say so at the
 *       same time. A single one may be wrong or not what it says, and the controller's leader,
 *       which has its own way to say it, is still to be reached through the rest.
 *   <li>That another broker has the node id is believed only before it is registered, and only
 *       after a while: it may be the connection of its own former life, that nobody has noticed to
 *       be dead.
 * </ul>
 */
public final class PeerVerdict {

    /** Peers notice after 20 s at the latest that a connection leads nowhere any more. */
    private static final Duration DEAD_CONNECTION = Duration.ofSeconds(25);

    private final Introduction self;
    private final Supplier<Map<Integer, BrokerImage>> brokers;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Consumer<String> fatal;
    private final Map<Integer, Refusal> refusals = new HashMap<>();

    private record Refusal(long sinceNanos, boolean mustStop) {}

    /**
     * @param self this broker
     * @param brokers those of the newest map known here, by node id
     * @param lease how long a broker counts as alive; two of them must have passed before it is
     *     believed that the node id is another's
     * @param fatal told, once or more, why this broker must stop
     */
    public PeerVerdict(
            Introduction self,
            Supplier<Map<Integer, BrokerImage>> brokers,
            Duration lease,
            LongSupplier nanoTime,
            Consumer<String> fatal) {
        this.self = self;
        this.brokers = brokers;
        this.patienceNanos = Math.max(2 * lease.toNanos(), DEAD_CONNECTION.toNanos());
        this.nanoTime = nanoTime;
        this.fatal = fatal;
    }

    /** A member that this broker called has taken the call. */
    public synchronized void letIn(int nodeId) {
        refusals.remove(nodeId);
    }

    /** A member that this broker called has refused it; comes with every attempt. */
    public void turnedAway(int nodeId, String sentence) {
        verdict(nodeId, sentence).ifPresent(fatal);
    }

    private synchronized Optional<String> verdict(int nodeId, String sentence) {
        Optional<String> mustStop = PeerGate.mustStopReason(sentence);
        long now = nanoTime.getAsLong();
        Refusal former = refusals.get(nodeId);
        long since = former == null ? now : former.sinceNanos();
        refusals.put(nodeId, new Refusal(since, mustStop.isPresent()));
        Map<Integer, BrokerImage> known = brokers.get();
        BrokerImage me = known.get(self.nodeId());
        if (me != null && self.isRegisteredAs(me)) {
            return mustStop.filter(said -> isMajorityAgainst(known));
        }
        return mustStop.or(
                () -> Optional.of(sentence).filter(said -> now - since >= patienceNanos));
    }

    private boolean isMajorityAgainst(Map<Integer, BrokerImage> known) {
        long others =
                known.values().stream()
                        .filter(BrokerImage::isRegistered)
                        .filter(each -> each.nodeId() != self.nodeId())
                        .count();
        long against =
                refusals.entrySet().stream()
                        .filter(each -> each.getValue().mustStop())
                        .filter(each -> known.containsKey(each.getKey()))
                        .count();
        return 2 * against > others;
    }
}
