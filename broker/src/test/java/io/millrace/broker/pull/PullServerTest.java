package io.millrace.broker.pull;

import static io.millrace.broker.pull.FakeReplica.SHARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PullServerTest {

    private FakeReplica replica;
    private PullServer server;

    @BeforeEach
    void serve() throws IOException {
        replica = FakeReplica.whole(10, 1);
        server = new PullServer(number -> number == SHARD ? replica : null);
    }

    @Test
    void shouldGiveTheBatchesOfARange() throws IOException {
        PulledChunk chunk = server.read(SHARD, 1, 6, 17);

        assertThat(chunk.logStartOffset()).isZero();
        assertThat(chunk.batches()).isEqualTo(replica.read(1).subList(1, 5));
        assertThat(chunk.flaw(6, 20)).isEmpty();
    }

    @Test
    void shouldBoundAChunk() throws IOException {
        for (int i = 0; i < 20; i++) {
            replica.log(1)
                    .append(List.of(FakeReplica.batch(1, replica.log(1).endOffset(), 50_000)));
        }
        PulledChunk chunk = server.read(SHARD, 1, 0, 120);

        assertThat(chunk.bytes()).isBetween(700_000L, (long) PullServer.MAX_CHUNK_BYTES);
        assertThat(server.read(SHARD, 1, chunk.endOffset(), 120).batches()).isNotEmpty();
    }

    @Test
    void shouldSayWhereItsLogBegins() throws IOException {
        replica.log(1).trim(20);

        assertThat(server.read(SHARD, 1, 6, 40)).isEqualTo(new PulledChunk(20, List.of()));
        assertThat(server.read(SHARD, 1, 20, 40).batches()).hasSize(5);
    }

    /** S3d: nobody gives on what he has not got himself. */
    @Test
    void shouldRefuseWhatItMissesItself() throws IOException {
        long segment = replica.log(1).segments().get(0).number();
        OffsetRange lost = replica.log(1).lose(segment).orElseThrow();
        replica.log(1).fill(List.of(FakeReplica.batch(1, 0, 200)));

        List<StoredBatch> given = server.read(SHARD, 1, 0, 40).batches();
        assertThat(given).hasSize(1);
        for (long offset = 4; offset < lost.to(); offset += 5) {
            long from = offset;
            assertThatThrownBy(() -> server.read(SHARD, 1, from, 40))
                    .isInstanceOf(PullRefusedException.class)
                    .hasMessageContaining("misses");
        }
    }

    @Test
    void shouldRefuseWhatIsNotHere() {
        for (long[] wrong :
                new long[][] {{SHARD, 2, 0, 5}, {SHARD + 1, 1, 0, 5}, {SHARD, 1, 40, 44}}) {
            assertThatThrownBy(() -> server.read((int) wrong[0], wrong[1], wrong[2], wrong[3]))
                    .isInstanceOf(PullRefusedException.class);
        }
        assertThatThrownBy(() -> server.read(SHARD, 1, 5, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from_offset 5");
        assertThatThrownBy(() -> server.read(SHARD, 1, -1, 5))
                .isInstanceOf(IllegalArgumentException.class);
        replica.delete(1);
        assertThatThrownBy(() -> server.read(SHARD, 1, 0, 5))
                .isInstanceOf(PullRefusedException.class);
    }
}
