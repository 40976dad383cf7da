package io.millrace.broker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.health.Degradation.State;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DegradationsTest {

    private final List<Shard> shards = new ArrayList<>();
    private final Map<Integer, Long> missing = new TreeMap<>();
    private String writeProblem = "";
    private long stalledNanos;
    private boolean controllerReached = true;
    private final Degradations degradations =
            new Degradations(
                    () -> shards,
                    () -> missing,
                    () -> writeProblem,
                    () -> stalledNanos,
                    () -> controllerReached);

    @Test
    void shouldTellNothingWhileAllIsWell() {
        shards.add(StatusOnly.of(0, Role.FOLLOWER, 2, ""));
        shards.add(StatusOnly.of(1, Role.LEADER, 1, ""));
        missing.put(1, 0L);

        assertThat(degradations.get()).isEmpty();
    }

    @Test
    void shouldTellOfAShardWithoutAQuorum() {
        shards.add(StatusOnly.of(0, Role.LEADER, 1, ""));
        shards.add(StatusOnly.of(3, Role.CANDIDATE, 0, ""));

        told(State.NO_QUORUM, "shard 3");
    }

    @Test
    void shouldTellOnceThatTheControllerIsUnreachable() {
        shards.add(StatusOnly.of(0, Role.FOLLOWER, 0, ""));
        controllerReached = false;

        told(State.CONTROLLER_UNREACHABLE, "publishing and reading go on");
    }

    /** Most brokers of a large cluster have no replica of the controller. */
    @Test
    void shouldTellOfTheControllerWithoutAReplicaOfIt() {
        controllerReached = false;

        told(State.CONTROLLER_UNREACHABLE, "controller's leader");
    }

    @Test
    void shouldTellOfAFullDisk() {
        writeProblem = "the disk is full";

        told(State.WRITES_REFUSED, "the disk is full");
    }

    @Test
    void shouldTellOfADiskThatHangs() {
        stalledNanos = 1_500_000_000;

        told(State.DISK_HANGS, "1500 ms");
    }

    @Test
    void shouldTellOfAReplicaThatIsRebuilt() {
        missing.put(4, 12_345L);

        told(State.REBUILDING, "shard 4 misses 12,345 records");
    }

    /** That is no degradation but a reason not to be ready. */
    @Test
    void shouldLeaveFailedReplicasToHealth() {
        shards.add(StatusOnly.of(1, Role.FAILED, 0, "broken"));

        assertThat(degradations.get()).isEmpty();
    }

    private void told(State state, String part) {
        assertThat(degradations.get())
                .singleElement()
                .satisfies(
                        told -> {
                            assertThat(told.state()).isEqualTo(state);
                            assertThat(told.reason()).contains(part);
                        });
    }
}
