package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files are noticed, and never lead to wrong data. */
class PartitionLogCorruptionTest {

    private static final SegmentLimits LIMITS = PartitionLogContract.LIMITS;
    private static final int BATCHES = 600;

    @TempDir Path directory;

    private ChroniclePartitionLogStore store;
    private LogState state;
    private Path file;
    private byte[] sound;

    @BeforeEach
    void write() throws IOException {
        open();
        PartitionLog log = store.open(1, LIMITS, LogState.EMPTY);
        for (int i = 0; i < BATCHES; i++) {
            log.append(Batches.following(log, 1, 2, 50));
        }
        state = log.state();
        file =
                ((ChroniclePartitionLog) log)
                        .view()
                        .segments()
                        .get(0)
                        .directory()
                        .resolve(SegmentQueue.FILE_NAME);
        store.close();
        sound = Files.readAllBytes(file);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void open() throws IOException {
        store = ChroniclePartitionLogStore.open(StoreSettings.of(directory, 0), System::nanoTime);
    }

    private void flip(long position, int bit) throws IOException {
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "rw")) {
            raf.seek(position);
            raf.write(sound[(int) position] ^ 1 << bit);
        }
    }

    private void restore(long position) throws IOException {
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "rw")) {
            raf.seek(position);
            raf.write(sound[(int) position]);
        }
    }

    /** Where the bytes of the n-th batch are. */
    private int batchPlace(int batch) {
        byte[] content = Batches.batch(batch * 2L, 2, 50).batch().array();
        for (int at = 0; at < state.segments().get(0).sizeBytes(); at++) {
            int i = 0;
            while (i < content.length && sound[at + i] == content[i]) {
                i++;
            }
            if (i == content.length) {
                return at;
            }
        }
        throw new AssertionError("batch " + batch + " is not in the file");
    }

    @Test
    void shouldNamePartitionSegmentAndOffsetOfAFlippedBit() throws IOException {
        flip(batchPlace(300) + 20, 3);
        open();
        PartitionLog log = store.open(1, LIMITS, state);

        try (LogReader reader = log.reader(590)) {
            Batches.check(reader.read(1), 590, 592);
            reader.seek(598);
            Batches.check(reader.read(1), 598, 600);
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> reader.read(1))
                        .isInstanceOf(CorruptLogException.class)
                        .hasMessageContaining("partition 1 segment 1 offset 600")
                        .hasMessageContaining("excerpt 300")
                        .hasMessageContaining("checksum");
            }
            reader.seek(602);
            Batches.check(reader.read(1), 602, 604);
        }
    }

    @Test
    void shouldReadRightOrSayCorruptWhateverBitIsFlipped() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long end = state.segments().get(0).sizeBytes();
        List<Long> places = new ArrayList<>();
        // The file's header and the first entries of the index, then anywhere.
        for (long place = 8; place < 0x130; place += 11) {
            places.add(place);
        }
        for (long place = 0x10f0; place < 0x1180; place += 9) {
            places.add(place);
        }
        for (int i = 0; i < 80; i++) {
            places.add((long) (random.nextDouble() * end));
        }
        int corrupt = 0;
        for (long place : places) {
            int bit = random.nextInt(8);
            flip(place, bit);
            open();
            try {
                corrupt += check(random) ? 0 : 1;
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", bit " + bit + " at " + place, e);
            } finally {
                store.close();
                restore(place);
            }
        }
        assertThat(corrupt).as("seed %d", seed).isGreaterThan(places.size() / 3);
    }

    /** An index that rots may name another excerpt, and that one is sound. */
    @Test
    void shouldNotAnswerATimeFromAnExcerptThatTheIndexHasInAWrongPlace() throws IOException {
        int wrong = 300;
        int noticed = 0;
        for (int named : new int[] {wrong - 1, wrong + 1, wrong + 40}) {
            int at = indexEntryOf(wrong);
            byte[] rotten = sound.clone();
            ByteBuffer.wrap(rotten).order(ByteOrder.LITTLE_ENDIAN).putLong(at, excerptPlace(named));
            Files.write(file, rotten);
            open();
            PartitionLog log = store.open(1, LIMITS, state);
            for (int batch : new int[] {wrong - 1, wrong, wrong + 1}) {
                try {
                    assertThat(log.offsetAt(Batches.time(batch * 2L)))
                            .as("batch %d, %d is named for %d", batch, named, wrong)
                            .isEqualTo(batch * 2L);
                } catch (CorruptLogException e) {
                    assertThat(e).hasMessageContaining("partition 1 segment 1");
                    noticed++;
                }
            }
            store.close();
        }
        Files.write(file, sound);
        assertThat(noticed).as("answers refused").isPositive();
    }

    private long excerptPlace(int batch) {
        return batchPlace(batch) - ExcerptFormat.overheadBytes(1) - SegmentIndex.LENGTH_BYTES;
    }

    private int indexEntryOf(int batch) {
        ByteBuffer bytes = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
        long place = excerptPlace(batch);
        for (int at = 0; at < sound.length - Long.BYTES; at++) {
            if (bytes.getLong(at) == place) {
                return at;
            }
        }
        throw new AssertionError("batch " + batch + " is not in the index");
    }

    /** False if corruption was noticed; wrong data fails. */
    private boolean check(Random random) throws IOException {
        PartitionLog log = store.open(1, LIMITS, state);
        boolean sane = true;
        for (int i = 0; i < 3; i++) {
            long offset = i == 0 ? 0 : BATCHES * 2 - 1 - random.nextInt(60);
            try (LogReader reader = log.reader(offset)) {
                long from = offset / 2 * 2;
                for (List<StoredBatch> read = reader.read(500);
                        !read.isEmpty();
                        read = reader.read(500)) {
                    Batches.check(read, from, reader.position());
                    from = reader.position();
                }
                assertThat(from).isEqualTo(BATCHES * 2);
                long time = Batches.time(offset / 2 * 2);
                assertThat(log.offsetAt(time)).isEqualTo(offset / 2 * 2);
            } catch (CorruptLogException e) {
                assertThat(e).hasMessageMatching("(?s).*partition.1.*(segment 1|0000000001).*");
                sane = false;
            }
        }
        return sane;
    }

    @Test
    void shouldNotTakeTheFileOfAnotherSegment() throws IOException {
        open();
        PartitionLog other = store.open(2, LIMITS, LogState.EMPTY);
        for (int i = 0; i < BATCHES; i++) {
            other.append(Batches.following(other, 1, 2, 50));
        }
        Path theirs =
                ((ChroniclePartitionLog) other)
                        .view()
                        .segments()
                        .get(0)
                        .directory()
                        .resolve(SegmentQueue.FILE_NAME);
        Files.copy(theirs, file, StandardCopyOption.REPLACE_EXISTING);
        PartitionLog log = store.open(1, LIMITS, state);

        try (LogReader reader = log.reader(0)) {
            assertThatThrownBy(() -> reader.read(1))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("it belongs to partition 2");
        }
    }

    @Test
    void shouldIgnoreATornTailBehindWhatTheStateCounts() throws IOException {
        LogState older = olderState();
        for (int cut = 0; cut < 20; cut++) {
            long end = older.segments().get(0).sizeBytes();
            byte[] torn = sound.clone();
            for (int i = (int) end; i < torn.length; i++) {
                torn[i] = (byte) (cut % 2 == 0 ? 0 : torn[i] * cut);
            }
            Files.write(file, torn);
            open();
            PartitionLog log = store.open(1, LIMITS, older);
            store.discardUnknown();
            try (LogReader reader = log.reader(0)) {
                Batches.check(reader.read(Integer.MAX_VALUE), 0, 800);
                assertThat(reader.read(1)).isEmpty();
                log.append(Batches.following(log, 1, 3, 50));
                Batches.check(reader.read(1), 800, 803);
            }
            store.close();
        }
    }

    private LogState olderState() {
        SegmentState all = state.segments().get(0);
        long place = batchPlace(399) + 50;
        SegmentState some =
                new SegmentState(
                        all.number(),
                        0,
                        800,
                        400,
                        place,
                        all.firstAppendTimeMs(),
                        Batches.time(798));
        return new LogState(0, 800, 2, List.of(some));
    }
}
