package io.millrace.broker.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.ControllerCodec;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.ControllerStateMachine;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.ReplicaPrepared;
import io.millrace.broker.controller.ReplicaState;
import io.millrace.broker.controller.ShardImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LocalReplicasTest {

    private static final int HERE = 2;
    private static final long NONCE = 7;

    private final ControllerStateMachine machine = new ControllerStateMachine();
    private final FakeHost host = new FakeHost();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<ControllerCommand<?>> submitted = new ArrayList<>();
    private final List<String> fatal = new ArrayList<>();
    private final LocalReplicas replicas =
            new LocalReplicas(
                    HERE,
                    known -> known.startNonce() == NONCE,
                    this::image,
                    host,
                    this::submit,
                    tasks::add,
                    (what, error) -> fatal.add(what + ": " + error));
    private long index;
    private boolean controllerAway;

    @BeforeEach
    void form() {
        apply(new FormCluster("c", List.of(1, 2, 3), 1));
        for (int node = 1; node <= 3; node++) {
            apply(new RegisterBroker(broker(node, "directory" + node, NONCE), false));
        }
        for (ShardImage shard : image().dataShards()) {
            for (ReplicaImage replica : shard.replicas()) {
                if (replica.nodeId() != HERE) {
                    apply(
                            new ReplicaPrepared(
                                    shard.shard(), replica.nodeId(), replica.replicaId()));
                }
            }
        }
    }

    @Test
    void shouldMakeReportAndStartItsReplicas() {
        begin();
        int controller = idHere(0);
        assertThat(host.done)
                .startsWith(
                        "discard 0",
                        "prepare 0/" + controller + " JOINER",
                        "discard 1",
                        "prepare 1/" + idHere(1) + " FOUNDER")
                .endsWith(
                        "start 0/" + controller,
                        "start 1/" + idHere(1),
                        "start 2/" + idHere(2),
                        "start 3/" + idHere(3));
        assertThat(stateHere(0)).isEqualTo(ReplicaState.LEARNER);
        assertThat(stateHere(1)).isEqualTo(ReplicaState.VOTER);
        assertThat(replicas.isSettled()).isTrue();
        assertThat(fatal).isEmpty();
    }

    @Test
    void shouldStartNothingThatTheControllerHasNotHeardOf() {
        controllerAway = true;
        begin();
        assertThat(host.done).noneMatch(done -> done.startsWith("start"));
        assertThat(replicas.isSettled()).isFalse();

        controllerAway = false;
        replicas.trigger();
        drain();
        assertThat(host.running).hasSize(4);
        assertThat(host.done).filteredOn(done -> done.startsWith("prepare")).hasSize(4);
    }

    @Test
    void shouldDoNothingByAMapFromBeforeItsStart() {
        replicas.begin(image().version() + 1);
        drain();
        assertThat(host.done).isEmpty();
    }

    @Test
    void shouldReplaceAReplicaThatTurnsOutToBeLost() {
        begin();
        int before = idHere(2);
        host.done.clear();

        replicas.lost(2, "its log has rotted");
        drain();

        int after = idHere(2);
        assertThat(after).isNotEqualTo(before);
        assertThat(host.done)
                .containsExactly(
                        "stop 2",
                        "discard 2",
                        "prepare 2/" + after + " JOINER",
                        "start 2/" + after);
        assertThat(stateHere(2)).isEqualTo(ReplicaState.LEARNER);
    }

    @Test
    void shouldReplaceAReplicaThatCannotBeStarted() {
        begin();
        int before = idHere(3);
        host.running.clear();
        host.rotten.put(3, "its vote file is corrupt");
        host.done.clear();

        replicas.trigger();
        drain();

        assertThat(idHere(3)).isNotEqualTo(before);
        assertThat(host.running).containsEntry(3, idHere(3)).containsEntry(1, idHere(1));
        assertThat(fatal).isEmpty();
    }

    @Test
    void shouldReplaceAReplicaWhoseFilesAreGone() {
        begin();
        int before = idHere(1);
        host.running.remove(1);
        host.onDisk.remove(1);

        replicas.trigger();
        drain();

        assertThat(idHere(1)).isNotEqualTo(before);
        assertThat(host.running).containsEntry(1, idHere(1));
    }

    @Test
    void shouldReplaceAReplicaWhoseVoteFileDoesNotTellWhoseItIs() {
        begin();
        int before = idHere(1);
        host.running.remove(1);
        host.onDisk.remove(1);
        host.unreadable.add(1);

        replicas.trigger();
        drain();

        assertThat(idHere(1)).isNotEqualTo(before);
        assertThat(host.running).containsEntry(1, idHere(1));
        assertThat(fatal).isEmpty();
    }

    @Test
    void shouldTouchNothingOnceAnotherBrokerHasItsNodeId() {
        begin();
        host.done.clear();
        Map<Integer, Integer> before = Map.copyOf(host.onDisk);

        // It was out of reach for longer than its lease, and somebody started an empty one.
        apply(new RegisterBroker(broker(HERE, "another", NONCE + 1), true));
        replicas.trigger();
        drain();

        assertThat(here(1).state()).isEqualTo(ReplicaState.NEW);
        assertThat(host.done).isEmpty();
        assertThat(host.onDisk).isEqualTo(before);
        assertThat(replicas.isSettled()).isFalse();
    }

    /** Begins, and all shards have leaders who say that their founders are in force. */
    private void begin() {
        replicas.begin(image().version());
        drain();
        for (ShardImage shard : image().dataShards()) {
            List<Long> voters =
                    shard.in(ReplicaState.VOTER).stream().map(ReplicaImage::replicaId).toList();
            if (!voters.isEmpty()) {
                apply(new ConfirmMembers(shard.shard(), 1, 1, voters, List.of()));
            }
        }
    }

    private void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private ClusterImage image() {
        return machine.images().current();
    }

    private CompletableFuture<?> submit(ControllerCommand<?> command) {
        if (controllerAway) {
            return CompletableFuture.failedFuture(new IllegalStateException("no leader"));
        }
        submitted.add(command);
        apply(command);
        return CompletableFuture.completedFuture(null);
    }

    private void apply(ControllerCommand<?> command) {
        machine.apply(++index, 1, ControllerCodec.encodeCommand(command), null);
    }

    private ReplicaImage here(int shard) {
        return image().shards().get(shard).replicaOn(HERE).orElseThrow();
    }

    private int idHere(int shard) {
        return Math.toIntExact(here(shard).replicaId());
    }

    private ReplicaState stateHere(int shard) {
        return here(shard).state();
    }

    private static BrokerImage broker(int node, String directory, long nonce) {
        return new BrokerImage(
                node,
                "h:7400",
                "h:7401",
                "h:7402",
                "0.1.0",
                "",
                directory,
                1,
                nonce,
                42,
                BrokerState.ACTIVE);
    }
}
