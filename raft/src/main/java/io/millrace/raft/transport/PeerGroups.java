package io.millrace.raft.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the network has to know of this broker's replicas, by their Raft group. Thread-safe. */
public final class PeerGroups {

    private final Map<String, Group> groups = new ConcurrentHashMap<>();

    PeerGroups() {}

    /** A replica here, as the network sees it. Thread-safe. */
    public static final class Group {

        private final LeaderContact contact = new LeaderContact();
        private final AtomicInteger readers = new AtomicInteger();
        private final OvertakingHeartbeats overtaking = new OvertakingHeartbeats();

        private volatile CandidacyGate gate = CandidacyGate.OPEN;
        private volatile CheckpointSource checkpoints = CheckpointSource.NONE;

        private Group() {}

        /** From now on, this is asked before the replica stands for election. */
        public void guardCandidacy(CandidacyGate candidacyGate) {
            gate = candidacyGate;
        }

        /** From now on, other replicas get this replica's checkpoints from there. */
        public void offerCheckpoints(CheckpointSource source) {
            checkpoints = source;
        }

        /** What the leader said last. */
        public LeaderContact leaderContact() {
            return contact;
        }

        /** A read index is asked for: until {@link #readEnded}, heartbeats do not wait. */
        public void readBegun() {
            readers.incrementAndGet();
        }

        /** A read index was answered, in whatever way. */
        public void readEnded() {
            readers.decrementAndGet();
        }

        boolean isRead() {
            return readers.get() > 0;
        }

        CandidacyGate gate() {
            return gate;
        }

        CheckpointSource checkpoints() {
            return checkpoints;
        }

        OvertakingHeartbeats overtaking() {
            return overtaking;
        }
    }

    /** The replica of a group, to be told about before it starts. */
    public Group group(String name) {
        return groups.computeIfAbsent(name, key -> new Group());
    }

    /** The replica does not run any more. */
    public void remove(String name) {
        groups.remove(name);
    }

    /** Null if there is none. */
    Group find(String name) {
        return groups.get(name);
    }
}
