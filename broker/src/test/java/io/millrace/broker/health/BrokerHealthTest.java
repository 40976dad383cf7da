package io.millrace.broker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerHealthTest {

    private final List<Shard> shards = new ArrayList<>();
    private final BrokerHealth health = new BrokerHealth(() -> shards, List::of);

    @Test
    void shouldBeReadyOnlyWhileServing() {
        assertThat(health.notReadyReasons()).containsExactly("the broker is starting");

        health.serving();
        assertThat(health.notReadyReasons()).isEmpty();

        health.stopping();
        assertThat(health.notReadyReasons()).containsExactly("the broker is stopping");
        assertThat(health.fatalReason()).isEmpty();
    }

    @Test
    void shouldNameTheShardsThatKeepItFromBeingReady() {
        health.serving();
        shards.add(StatusOnly.of(0, ShardStatus.Role.LEADER, 1, ""));
        shards.add(StatusOnly.of(2, ShardStatus.Role.FAILED, 0, "its disk failed"));

        assertThat(health.notReadyReasons()).containsExactly("shard 2 has failed: its disk failed");
    }

    /** All brokers would be taken out of rotation at once, and with them the reads that go on. */
    @Test
    void shouldStayReadyWithoutAQuorum() {
        health.serving();
        shards.add(StatusOnly.of(1, ShardStatus.Role.CANDIDATE, 0, ""));

        assertThat(health.notReadyReasons()).isEmpty();
    }

    @Test
    void shouldStayReadyWithAFullDisk() {
        health.serving();
        shards.add(StatusOnly.of(1, ShardStatus.Role.LEADER, 1, "the disk is full"));

        assertThat(health.notReadyReasons()).isEmpty();
    }

    @Test
    void shouldKeepTheFirstFatalReason() {
        health.serving();
        health.fatal("a force failed");
        health.fatal("everything else failed after it");

        assertThat(health.fatalReason()).contains("a force failed");
        assertThat(health.notReadyReasons()).containsExactly("a force failed");
    }
}
