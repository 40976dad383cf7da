package io.millrace.broker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BrokerHealthTest {

    private final List<Shard> shards = new ArrayList<>();
    private final BrokerHealth health = new BrokerHealth(() -> shards);

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
        shards.add(shard(0, ShardStatus.Role.LEADER, 1, ""));
        shards.add(shard(1, ShardStatus.Role.CANDIDATE, 0, ""));
        shards.add(shard(2, ShardStatus.Role.FAILED, 0, "its disk failed"));

        assertThat(health.notReadyReasons())
                .containsExactly("shard 1 has no leader", "shard 2 has failed: its disk failed");
    }

    @Test
    void shouldStayReadyWithAFullDisk() {
        health.serving();
        shards.add(shard(1, ShardStatus.Role.LEADER, 1, "the disk is full"));

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

    private static Shard shard(int id, ShardStatus.Role role, int leader, String problem) {
        ShardStatus status =
                new ShardStatus(
                        id,
                        role,
                        1,
                        leader,
                        Members.voting(new Member(1, 1)),
                        List.of(),
                        1,
                        1,
                        0,
                        1,
                        1,
                        problem);
        return new StatusOnly(status);
    }

    private record StatusOnly(ShardStatus status) implements Shard {

        @Override
        public int id() {
            return status.shard();
        }

        @Override
        public long leadingTerm() {
            return 0;
        }

        @Override
        public void propose(Proposal proposal, long expectedTerm) {
            throw new UnsupportedOperationException("only the status matters here");
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            throw new UnsupportedOperationException("only the status matters here");
        }

        @Override
        public long stalenessNanos() {
            return 0;
        }

        @Override
        public CompletableFuture<Long> checkpoint() {
            throw new UnsupportedOperationException("only the status matters here");
        }
    }
}
