package io.millrace.broker.pull;

import static io.millrace.broker.pull.FakeReplica.SHARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.rpc.PullEnds;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PullOverGrpcTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void shouldBringTheBatchesAsTheyAreStored() throws IOException {
        FakeReplica replica = FakeReplica.whole(10, 1);
        PullServer server = new PullServer(number -> number == SHARD ? replica : null);
        try (PullEnds ends = new PullEnds(server, Runnable::run)) {
            PulledChunk chunk = ends.source().pull(1, SHARD, 1, 6, 20, LONG);

            assertThat(chunk).isEqualTo(server.read(SHARD, 1, 6, 20));
            assertThat(chunk.flaw(6, 20)).isEmpty();
            replica.log(1).trim(20);
            assertThat(ends.source().pull(1, SHARD, 1, 6, 40, LONG))
                    .isEqualTo(new PulledChunk(20, List.of()));
        }
    }

    @Test
    void shouldBringALargeBatch() throws IOException {
        FakeReplica replica = FakeReplica.whole(1, 1);
        StoredBatch large = FakeReplica.batch(1, replica.log(1).endOffset(), 250_000);
        replica.log(1).append(List.of(large));
        PullServer server = new PullServer(number -> replica);
        try (PullEnds ends = new PullEnds(server, Runnable::run)) {
            PulledChunk chunk =
                    ends.source().pull(1, SHARD, 1, large.baseOffset(), large.endOffset(), LONG);

            assertThat(chunk.batches()).containsExactly(large);
        }
    }

    @Test
    void shouldTellARefusalFromAFailure() throws IOException {
        try (PullEnds ends = new PullEnds(new PullServer(number -> null), Runnable::run)) {
            assertThatThrownBy(() -> ends.source().pull(1, SHARD, 1, 0, 5, LONG))
                    .isInstanceOf(PullRefusedException.class)
                    .hasMessageContaining("is not here");
            assertThatThrownBy(() -> ends.source().pull(1, SHARD, 1, 5, 5, LONG))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PullRefusedException.class)
                    .hasMessageContaining("from_offset 5");
            assertThatThrownBy(() -> ends.source().pull(2, SHARD, 1, 0, 5, LONG))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(PullRefusedException.class)
                    .hasMessageContaining("broker 2");
        }
    }

    @Test
    void shouldNotWaitLongerThanItsDeadline() throws IOException {
        try (PullEnds ends = new PullEnds(new PullServer(number -> null), task -> {})) {
            assertThatThrownBy(() -> ends.source().pull(1, SHARD, 1, 0, 5, Duration.ofMillis(100)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not answered in time");
        }
    }
}
