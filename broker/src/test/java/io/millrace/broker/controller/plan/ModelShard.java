package io.millrace.broker.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A shard as Raft keeps it: logs are lengths, changes of members take both majorities. */
final class ModelShard {

    /** What a replica has. */
    static final class Disk {
        long log;
        boolean holes;
    }

    final int number;
    final Map<Long, Disk> disks = new HashMap<>();
    Members inForce;
    Member leader;
    long term;
    long acked;

    /** Rises with every commit. */
    long index;

    private final Predicate<Member> running;

    ModelShard(int number, Members founders, Predicate<Member> running) {
        this.number = number;
        this.inForce = founders;
        this.running = running;
    }

    boolean leads() {
        if (leader != null && (!isUp(leader) || !inForce.voters().contains(leader))) {
            leader = null;
        }
        return leader != null && hasMajority(inForce.voters());
    }

    boolean isUp(Member member) {
        return disks.containsKey(id(member)) && running.test(member);
    }

    boolean hasMajority(List<Member> voters) {
        return voters.stream().filter(this::isUp).count() >= voters.size() / 2 + 1;
    }

    /** Voters that have their files. */
    long intact() {
        return inForce.voters().stream().filter(one -> disks.containsKey(id(one))).count();
    }

    boolean hasWhole() {
        return inForce.voters().stream().anyMatch(one -> isWhole(id(one)));
    }

    boolean isWhole(long id) {
        Disk disk = disks.get(id);
        return disk != null && !disk.holes && disk.log >= acked;
    }

    void elect() {
        List<Member> up = inForce.voters().stream().filter(this::isUp).toList();
        if (leads() || up.size() < inForce.voters().size() / 2 + 1) {
            return;
        }
        long longest = up.stream().mapToLong(one -> disks.get(id(one)).log).max().orElse(0);
        // Whoever is at least as long as a majority may win; the longest of all always can.
        leader = up.stream().filter(one -> disks.get(id(one)).log == longest).findFirst().get();
        term++;
        index++;
        assertThat(longest)
                .as("log of the leader of shard %d", number)
                .isGreaterThanOrEqualTo(acked);
    }

    void publish() {
        if (leads()) {
            disks.get(id(leader)).log++;
            for (Member voter : inForce.voters()) {
                if (isUp(voter)) {
                    copy(voter);
                }
            }
            acked = disks.get(id(leader)).log;
            index++;
        }
    }

    private void copy(Member to) {
        Disk disk = disks.get(id(to));
        Disk source = disks.get(id(leader));
        disk.holes |= source.log - disk.log > 8; // too far behind for the log: a checkpoint
        disk.log = source.log;
    }

    /** The others get what they lack. */
    void replicate(Member member) {
        if (leads() && isUp(member)) {
            copy(member); // a leader too may miss records, and pulls them
            boolean source =
                    inForce.all().stream().anyMatch(other -> isUp(other) && isWhole(id(other)));
            if (source) {
                disks.get(id(member)).holes = false;
            }
        }
    }

    boolean change(Members target) {
        if (!leads()
                || !hasMajority(target.voters())
                || !target.voters().stream()
                        .filter(one -> !inForce.voters().contains(one))
                        .allMatch(this::isUp)) {
            return false;
        }
        List<Member> added = new ArrayList<>(target.all());
        added.removeAll(inForce.voters());
        added.stream().filter(this::isUp).forEach(this::copy);
        target.voters().stream().filter(this::isUp).forEach(this::copy);
        inForce = target;
        index++;
        return true;
    }

    void transfer(int node) {
        Optional<Member> to =
                inForce.voters().stream().filter(one -> one.nodeId() == node).findFirst();
        if (leads() && to.isPresent() && isUp(to.get())) {
            copy(to.get());
            leader = to.get();
            term++;
            index++;
        }
    }

    static long id(Member member) {
        return member.replicaId();
    }
}
