package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.data.FileTree;
import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.DamagePolicy;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.broker.partition.SegmentState;
import io.millrace.broker.partition.StoreSettings;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.pull.PullServer;
import io.millrace.broker.pull.PullThrottle;
import io.millrace.broker.pull.Puller;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica on disk whose files rot or vanish, beside one that has everything. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DamagedReplicaTest {

    private static final int OTHER = 2;

    @TempDir private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ShardHarness whole;
    private ShardHarness damaged;
    private List<SegmentState> segments;

    @BeforeEach
    void start() throws IOException {
        whole = new ShardHarness();
        damaged =
                new ShardHarness(
                        ProducerLimits.DEFAULT,
                        () ->
                                ChroniclePartitionLogStore.open(
                                        StoreSettings.of(directory, 0), System::nanoTime));
        whole.apply(create(1, 10));
        append(0, 40);
        damaged.follow(whole);
        segments = damaged.logOf(1).segments();
        damaged.checkpoint();
        damaged.damage = DamagePolicy.LEAVE_HOLE;
        assertThat(segments.size()).isGreaterThan(3);
    }

    @AfterEach
    void stop() throws IOException {
        threads.shutdown();
        damaged.close();
    }

    private void append(int from, int batches) {
        for (int i = from; i < from + batches; i++) {
            whole.append(100 + i, 1, batch(5, 0, 3L * i, 3));
        }
    }

    private Path directoryOf(SegmentState segment) throws IOException {
        String end = String.format("-%010d", segment.number());
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(path -> path.toString().endsWith(end)).findFirst().orElseThrow();
        }
    }

    /** Flips a bit in the first batch of the segment. */
    private void rot(SegmentState segment) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(directoryOf(segment))) {
            file = files.filter(path -> path.toString().endsWith(".cq4")).findFirst().orElseThrow();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int place = text.indexOf("5/0/" + segment.baseOffset());
        assertThat(place).isPositive();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(place);
            bytes.write('5' ^ 1);
        }
    }

    private Puller newPuller() {
        PullServer server = new PullServer(number -> whole.shard);
        return new Puller(
                damaged.shard,
                (node, shard, partitionId, from, to, deadline) ->
                        server.read(shard, partitionId, from, to),
                () -> List.of(OTHER),
                new PullThrottle(64L << 20, System::nanoTime),
                threads,
                System::nanoTime);
    }

    private void pullUntilWhole() throws IOException {
        try (Puller puller = newPuller()) {
            puller.start();
            await().until(() -> damaged.logOf(1).holes().isEmpty());
        }
        assertThat(damaged.shard.isWhole()).isFalse();
        damaged.checkpoint();
        assertThat(damaged.shard.isWhole()).isTrue();
        assertThat(damaged.batchesOf(1)).isEqualTo(whole.batchesOf(1));
        damaged.crash();
        assertThat(damaged.shard.isWhole()).isTrue();
        assertThat(damaged.batchesOf(1)).isEqualTo(whole.batchesOf(1));
    }

    /** DESIGN §5: a corrupt range of a partition log becomes a hole. */
    @Test
    void shouldFetchACorruptSegmentFromOthersWhileItIsWrittenTo() throws IOException {
        SegmentState bad = segments.get(1);
        rot(bad);
        CorruptLogException found = readUntilCorrupt();
        assertThat(found.segmentNumber()).isEqualTo(bad.number());

        assertThat(damaged.shard.corruptionFound(1, found)).isTrue();
        OffsetRange lost = new OffsetRange(bad.baseOffset(), bad.endOffset());
        assertThat(damaged.logOf(1).holes()).containsExactly(lost);
        try (LogReader reader = damaged.logOf(1).reader(lost.from())) {
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(MissingException.class);
        }
        append(40, 10);
        damaged.follow(whole);
        pullUntilWhole();
        for (int i = 0; i < 3; i++) {
            damaged.checkpoint();
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            assertThat(tree.map(Path::toString))
                    .noneMatch(path -> path.endsWith(String.format("-%010d", bad.number())));
        }
    }

    private CorruptLogException readUntilCorrupt() throws IOException {
        List<StoredBatch> read = new ArrayList<>();
        try (LogReader reader = damaged.logOf(1).reader(0)) {
            while (true) {
                read.addAll(reader.read(100));
            }
        } catch (CorruptLogException e) {
            assertThat(read).isEqualTo(whole.batchesOf(1).subList(0, read.size()));
            return e;
        }
    }

    /** A crash forgets that it was given up; the next reader finds it again. */
    @Test
    void shouldFindCorruptionAgainAfterACrash() throws IOException {
        rot(segments.get(1));
        damaged.shard.corruptionFound(1, readUntilCorrupt());
        damaged.crash();
        assertThat(damaged.logOf(1).holes()).isEmpty();

        assertThat(damaged.shard.corruptionFound(1, readUntilCorrupt())).isTrue();
        damaged.checkpoint();
        damaged.crash();
        assertThat(damaged.logOf(1).holes()).hasSize(1);
        assertThat(damaged.shard.isWhole()).isFalse();
        pullUntilWhole();
    }

    @Test
    void shouldStartWithoutASegmentThatIsGoneAndFetchIt() throws IOException {
        SegmentState gone = segments.get(2);
        damaged.crash();
        FileTree.delete(directoryOf(gone));
        damaged.crash();

        assertThat(damaged.logOf(1).holes())
                .containsExactly(new OffsetRange(gone.baseOffset(), gone.endOffset()));
        assertThat(damaged.shard.isWhole()).isFalse();
        pullUntilWhole();
    }

    /** S8: with nobody else to ask, to go on would be to lose records without a word. */
    @Test
    void shouldNotStartWithoutASegmentThatNobodyElseHas() throws IOException {
        damaged.damage = DamagePolicy.REFUSE;
        rot(segments.get(1));
        CorruptLogException found = readUntilCorrupt();
        assertThat(damaged.shard.corruptionFound(1, found)).isFalse();
        assertThat(damaged.logOf(1).holes()).isEmpty();
        FileTree.delete(directoryOf(segments.get(2)));

        assertThatThrownBy(() -> damaged.crash()).isInstanceOf(CorruptLogException.class);
    }
}
