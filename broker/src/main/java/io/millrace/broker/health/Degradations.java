package io.millrace.broker.health;

import io.millrace.broker.health.Degradation.State;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a broker cannot do at the moment. Thread-safe; does not block. */
public final class Degradations implements Supplier<List<Degradation>> {

    private static final int CONTROLLER = 0;

    private final Supplier<? extends Collection<? extends Shard>> shards;
    private final Supplier<Map<Integer, Long>> missingRecords;
    private final Supplier<String> writeProblem;
    private final LongSupplier stalledNanos;
    private final BooleanSupplier controllerReached;

    /**
     * @param shards the shard replicas on this broker
     * @param missingRecords how many records the replicas here miss, by shard
     * @param writeProblem why the broker takes no writes; empty if it does
     * @param stalledNanos how long the write or force that hangs has taken; 0 if none hangs
     * @param controllerReached whether this broker hears the controller's leader, or is that
     */
    public Degradations(
            Supplier<? extends Collection<? extends Shard>> shards,
            Supplier<Map<Integer, Long>> missingRecords,
            Supplier<String> writeProblem,
            LongSupplier stalledNanos,
            BooleanSupplier controllerReached) {
        this.shards = shards;
        this.missingRecords = missingRecords;
        this.writeProblem = writeProblem;
        this.stalledNanos = stalledNanos;
        this.controllerReached = controllerReached;
    }

    @Override
    public List<Degradation> get() {
        List<Degradation> found = new ArrayList<>();
        boolean controller = controllerReached.getAsBoolean();
        for (Shard shard : shards.get()) {
            ShardStatus status = shard.status();
            if (status.leaderNode() != 0 || status.role() == ShardStatus.Role.FAILED) {
                continue;
            }
            if (shard.id() == CONTROLLER) {
                controller = false;
            } else {
                found.add(
                        new Degradation(
                                State.NO_QUORUM,
                                "shard %d has no leader: its writes are refused, EVENTUAL reads are served"
                                        .formatted(shard.id())));
            }
        }
        if (!controller) {
            found.add(
                    new Degradation(
                            State.CONTROLLER_UNREACHABLE,
                            "the controller's leader is not reached: topics and brokers cannot be changed,"
                                    + " publishing and reading go on"));
        }
        tellOfDisk(found);
        missingRecords.get().forEach((shard, records) -> tellOfMissing(shard, records, found));
        return List.copyOf(found);
    }

    private void tellOfDisk(List<Degradation> found) {
        String problem = writeProblem.get();
        if (!problem.isEmpty()) {
            found.add(new Degradation(State.WRITES_REFUSED, problem));
        }
        long stalled = stalledNanos.getAsLong();
        if (stalled > 0) {
            found.add(
                    new Degradation(
                            State.DISK_HANGS,
                            "the write-ahead log has waited for the disk for %d ms: leaderships are given away"
                                    .formatted(Duration.ofNanos(stalled).toMillis())));
        }
    }

    private static void tellOfMissing(int shard, long records, List<Degradation> found) {
        if (records > 0) {
            found.add(
                    new Degradation(
                            State.REBUILDING,
                            "the replica of shard %d misses %,d records, which are pulled; others serve them"
                                    .formatted(shard, records)));
        }
    }
}
