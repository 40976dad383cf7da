package io.millrace.broker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.PartitionLog.DiskFullException;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three replicas; broker 1 misses everything. */
class HoleFillerTest {

    private final AtomicLong clock = new AtomicLong();
    private final FakeCluster cluster = new FakeCluster();
    private PullThrottle throttle = new PullThrottle(1L << 30, clock::get);
    private FakeReplica empty;
    private FakeReplica second;
    private FakeReplica third;
    private boolean stopped;

    @BeforeEach
    void startBrokers() throws IOException {
        second = FakeReplica.whole(60, 1, 2);
        third = FakeReplica.whole(60, 1, 2);
        empty = FakeReplica.missing(second);
        cluster.replicas.put(1, empty);
        cluster.replicas.put(2, second);
        cluster.replicas.put(3, third);
    }

    private HoleFiller filler(int node) {
        return new HoleFiller(
                cluster.replicas.get(node),
                cluster,
                () -> cluster.othersThan(node),
                throttle,
                () -> stopped,
                clock::get);
    }

    /** Steps until nothing is missing, or so many steps were done. */
    private boolean run(HoleFiller filler, int steps) {
        for (int i = 0; i < steps; i++) {
            long wait = filler.step();
            if (wait == HoleFiller.NOTHING_MISSING) {
                return true;
            }
            clock.addAndGet(wait);
        }
        return false;
    }

    private void expectWhole() throws IOException {
        assertThat(empty.missingRecords()).isZero();
        for (long id : new long[] {1, 2}) {
            assertThat(empty.read(id)).isEqualTo(second.read(id));
        }
    }

    @Test
    void shouldFillAllHolesFromAllSources() throws IOException {
        HoleFiller filler = filler(1);

        assertThat(filler.progress().missingRecords()).isEqualTo(480);
        assertThat(run(filler, 50)).isTrue();
        expectWhole();
        PullProgress done = filler.progress();
        assertThat(done.missingRecords()).isZero();
        assertThat(done.pulledRecords()).isEqualTo(480);
        assertThat(done.pulledBytes()).isGreaterThan(480 * 200);
        assertThat(done.problem()).isEmpty();
        assertThat(cluster.asked).contains(2, 3);
    }

    @Test
    void shouldTurnToAnotherSourceWhenOneIsDown() throws IOException {
        cluster.silent.add(2);

        assertThat(run(filler(1), 50)).isTrue();
        expectWhole();
        assertThat(cluster.asked.stream().filter(node -> node == 2).count()).isLessThan(3);
    }

    @Test
    void shouldSkipASourceThatGivesBadBatches() throws IOException {
        cluster.spoilers.put(2, HoleFillerTest::flipABit);
        HoleFiller filler = filler(1);

        assertThat(run(filler, 50)).isTrue();
        expectWhole();
    }

    @Test
    void shouldSayWhyNothingComesAndGoOnForEver() throws IOException {
        cluster.spoilers.put(2, HoleFillerTest::flipABit);
        cluster.silent.add(3);
        HoleFiller filler = filler(1);

        assertThat(run(filler, 2_000)).isFalse();
        assertThat(empty.missingRecords()).isEqualTo(480);
        assertThat(filler.progress().problem()).isNotEmpty();
        cluster.silent.clear();
        assertThat(run(filler, 200)).isTrue();
        expectWhole();
    }

    private static PulledChunk flipABit(PulledChunk chunk) {
        StoredBatch first = chunk.batches().get(0);
        byte[] bytes = new byte[first.batch().remaining()];
        first.batch().duplicate().get(bytes);
        bytes[bytes.length / 2] ^= 8;
        StoredBatch spoilt =
                new StoredBatch(
                        first.baseOffset(),
                        first.recordCount(),
                        first.raftIndex(),
                        first.leaderEpoch(),
                        first.appendTimeMs(),
                        ByteBuffer.wrap(bytes));
        return new PulledChunk(chunk.logStartOffset(), List.of(spoilt));
    }

    /** S3d: two with the same hole ask each other in vain, and harm nothing. */
    @Test
    void shouldNotFillHolesFromAReplicaThatHasThemToo() throws IOException {
        FakeReplica other = FakeReplica.missing(second);
        cluster.replicas.put(2, other);
        cluster.silent.add(3);

        assertThat(run(filler(1), 50)).isFalse();
        assertThat(run(filler(2), 50)).isFalse();
        assertThat(empty.missingRecords()).isEqualTo(480);
        assertThat(other.missingRecords()).isEqualTo(480);
        cluster.silent.clear();
        assertThat(run(filler(1), 400)).isTrue();
        expectWhole();
    }

    /** Each has a part of it; what one misses comes from the other. */
    @Test
    void shouldTakeFromEachWhatItHas() throws IOException {
        long segments = second.log(1).segments().size();
        assertThat(segments).isGreaterThan(2);
        third.log(1).lose(third.log(1).segments().get(1).number());
        List<StoredBatch> all = second.read(1);
        second.log(1).lose(second.log(1).segments().get(0).number());

        assertThat(run(filler(1), 400)).isTrue();
        assertThat(empty.read(1)).isEqualTo(all);
    }

    /** S3, L1: below a log start that lies ahead nothing is missing; the trim is on its way. */
    @Test
    void shouldWaitForTheTrimOfASourceThatIsAhead() throws IOException {
        second.log(1).trim(22);
        third.log(1).trim(22);
        HoleFiller filler = filler(1);

        assertThat(run(filler, 50)).isFalse();
        assertThat(empty.log(1).holes()).containsExactly(new OffsetRange(0, 240));
        assertThat(empty.log(2).holes()).isEmpty();
        empty.log(1).trim(22);
        assertThat(run(filler, 50)).isTrue();
        expectWhole();
    }

    @Test
    void shouldWaitWhileTheDiskIsFull() throws IOException {
        empty.disk.failAppends(new DiskFullException("no space"));
        HoleFiller filler = filler(1);

        assertThat(run(filler, 20)).isFalse();
        assertThat(filler.progress().problem()).contains("no space");
        empty.disk.failAppends(null);
        assertThat(run(filler, 50)).isTrue();
        expectWhole();
    }

    @Test
    void shouldForgetAPartitionThatIsDeletedMeanwhile() throws IOException {
        cluster.spoilers.put(
                2,
                chunk -> {
                    if (empty.partition(1) != null) {
                        empty.delete(1);
                    }
                    return chunk;
                });
        cluster.spoilers.put(3, cluster.spoilers.get(2));

        assertThat(run(filler(1), 50)).isTrue();
        assertThat(empty.partitions()).hasSize(1);
        assertThat(empty.read(2)).isEqualTo(second.read(2));
    }

    @Test
    void shouldTouchNoLogOnceItIsStopped() {
        cluster.spoilers.put(
                2,
                chunk -> {
                    stopped = true;
                    return chunk;
                });
        cluster.spoilers.put(3, cluster.spoilers.get(2));

        assertThat(filler(1).step()).isEqualTo(HoleFiller.NOTHING_MISSING);
        assertThat(empty.missingRecords()).isEqualTo(480);
    }

    @Test
    void shouldKeepToTheRate() {
        throttle = new PullThrottle(10_000, clock::get);
        HoleFiller filler = filler(1);
        long begun = clock.get();

        assertThat(run(filler, 1_000)).isTrue();
        double seconds = (clock.get() - begun) / 1e9;
        // What was taken last is waited for only before the next pull.
        assertThat(seconds).isGreaterThan(filler.progress().pulledBytes() / 2 / 10_000.0 - 1);
    }
}
