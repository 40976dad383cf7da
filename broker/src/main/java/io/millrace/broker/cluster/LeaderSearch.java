package io.millrace.broker.cluster;

import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds the controller's leader: by the table of leaders, and while that does not help by greeting
 * every address known, one after the other. Thread-safe; no method blocks.
 */
public final class LeaderSearch {

    private static final Duration GREET_DEADLINE = Duration.ofSeconds(2);
    private static final long GREET_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long DOUBT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Introduction self;
    private final Leaders leaders;
    private final AddressBook addresses;
    private final Peers peers;
    private final LongSupplier nanoTime;
    private final Map<Integer, Long> doubtedUntil = new HashMap<>();
    private int hint;
    private int nextAddress;
    private long greetAt;

    public LeaderSearch(
            Introduction self,
            Leaders leaders,
            AddressBook addresses,
            Peers peers,
            LongSupplier nanoTime) {
        this.self = self;
        this.leaders = leaders;
        this.addresses = addresses;
        this.peers = peers;
        this.nanoTime = nanoTime;
        this.greetAt = nanoTime.getAsLong();
    }

    /** The node id of the controller's leader; 0: none is known. It may be this broker. */
    public synchronized int leader() {
        int known = leaders.leader(ShardImage.CONTROLLER).nodeId();
        if (known != 0 && !doubted(known)) {
            return known;
        }
        return hint != 0 && hint != self.nodeId() && !doubted(hint) ? hint : 0;
    }

    /** A broker that was taken for the leader is none, or does not answer: others first. */
    public synchronized void doubt(int nodeId) {
        if (nodeId != self.nodeId()) {
            doubtedUntil.put(nodeId, nanoTime.getAsLong() + DOUBT_NANOS);
        }
        if (hint == nodeId) {
            hint = 0;
        }
    }

    /** A broker has shown that it leads. */
    synchronized void confirm(int nodeId) {
        doubtedUntil.remove(nodeId);
        hint = nodeId;
    }

    /** Greets the next address while no leader is known; to be called every 100 ms or so. */
    void tick() {
        String address = nextToGreet();
        if (address != null) {
            peers.greet(
                            address,
                            GreetRequest.newBuilder().setPeer(self.get()).build(),
                            GREET_DEADLINE)
                    .thenAccept(response -> greeted(address, response));
            // A failure needs no answer: the next address is next.
        }
    }

    private synchronized String nextToGreet() {
        long now = nanoTime.getAsLong();
        if (leader() != 0 || now - greetAt < 0) {
            return null;
        }
        greetAt = now + GREET_EVERY_NANOS;
        List<String> all = addresses.all();
        return all.isEmpty() ? null : all.get(Math.floorMod(nextAddress++, all.size()));
    }

    private void greeted(String address, GreetResponse response) {
        boolean ours =
                !self.get().getClusterId().isEmpty()
                        && response.getPeer().getClusterId().equals(self.get().getClusterId())
                        && response.getPeer().getNodeId() != self.nodeId();
        if (!ours) {
            return;
        }
        addresses.learn(address, response);
        synchronized (this) {
            if (response.getControllerLeader() != 0) {
                hint = response.getControllerLeader();
            }
        }
    }

    private boolean doubted(int nodeId) {
        Long until = doubtedUntil.get(nodeId);
        if (until == null) {
            return false;
        }
        if (nanoTime.getAsLong() - until >= 0) {
            doubtedUntil.remove(nodeId);
            return false;
        }
        return true;
    }
}
