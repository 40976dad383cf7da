package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.LogReader.MissingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/**
 * Appends, trims, holes, fills, losses, checkpoints and crashes in any order, against a model that
 * knows of each batch only whether it is here. The true log has all batches; what a replica shows
 * is a part of it.
 */
class LogModelTest {

    private static final int STEPS = 100;
    private static final int RECORDS = 3;
    private static final long ID = 9;
    private static final SegmentLimits LIMITS = new SegmentLimits(14_000, 1L << 40, 64 * 1024);

    @TempDir Path directory;

    /** What is here: base offsets of batches. What a checkpoint keeps is a copy of it. */
    private record Model(long start, long end, TreeMap<Long, Integer> here) {

        Model copy() {
            return new Model(start, end, new TreeMap<>(here));
        }

        List<OffsetRange> holes() {
            Holes holes = Holes.NONE;
            for (long base = start / RECORDS * RECORDS; base < end; base += RECORDS) {
                if (!here.containsKey(base)) {
                    holes = holes.plus(new OffsetRange(Math.max(base, start), base + RECORDS));
                }
            }
            return holes.ranges();
        }
    }

    private record Checkpoint(LogState state, Model model) {}

    private Random random;
    private PartitionLogStore store;
    private PartitionLog log;
    private Model model = new Model(0, 0, new TreeMap<>());
    private Checkpoint durable = new Checkpoint(LogState.EMPTY, model.copy());

    @RepeatedTest(3)
    void shouldShowExactlyWhatIsHereAcrossCrashes() throws IOException {
        long seed = new Random().nextLong();
        random = new Random(seed);
        List<String> steps = new ArrayList<>();
        reopen();
        try {
            for (int i = 0; i < STEPS; i++) {
                steps.add(step());
                check();
            }
        } catch (AssertionError | IOException | RuntimeException e) {
            throw new AssertionError("seed " + seed + " after " + steps, e);
        } finally {
            store.close();
        }
    }

    private String step() throws IOException {
        int kind = random.nextInt(20);
        if (kind < 6) {
            return append();
        } else if (kind < 10) {
            return fill();
        } else if (kind < 12) {
            return skip();
        } else if (kind < 14) {
            return trim();
        } else if (kind < 15) {
            return lose();
        } else if (kind < 18) {
            return checkpoint();
        } else if (kind < 19) {
            log.roll();
            return "roll";
        }
        crash();
        return "crash";
    }

    private String append() throws IOException {
        int batches = 1 + random.nextInt(4);
        log.append(Batches.following(log, batches, RECORDS, 1 + random.nextInt(900)));
        for (int i = 0; i < batches; i++) {
            model.here().put(model.end() + (long) i * RECORDS, 1);
        }
        model = new Model(model.start(), model.end() + (long) batches * RECORDS, model.here());
        return "append " + batches;
    }

    private String skip() {
        long to = model.end() + (long) RECORDS * random.nextInt(8);
        log.skipTo(to);
        model = new Model(model.start(), to, model.here());
        return "skip to " + to;
    }

    private String fill() throws IOException {
        List<OffsetRange> holes = model.holes();
        if (holes.isEmpty()) {
            return "nothing to fill";
        }
        OffsetRange hole = holes.get(random.nextInt(holes.size()));
        long base = hole.from() / RECORDS * RECORDS;
        long most = (hole.to() - base) / RECORDS;
        long to = base + RECORDS * (1 + (long) (random.nextDouble() * most));
        log.fill(Batches.between(base, Math.min(to, hole.to()), RECORDS, 1 + random.nextInt(900)));
        for (long at = base; at < Math.min(to, hole.to()); at += RECORDS) {
            model.here().put(at, 1);
        }
        return "fill " + base + " to " + to;
    }

    private String trim() {
        long to = model.start() + (long) (random.nextDouble() * (model.end() - model.start()) / 2);
        log.trim(to);
        model.here().headMap(to / RECORDS * RECORDS, false).clear();
        if (to % RECORDS == 0) {
            model.here().headMap(to, false).clear();
        }
        model = new Model(to, model.end(), model.here());
        return "trim to " + to;
    }

    private String lose() {
        List<SegmentState> segments = log.segments();
        if (segments.isEmpty()) {
            return "nothing to lose";
        }
        SegmentState bad = segments.get(random.nextInt(segments.size()));
        assertThat(log.lose(bad.number()))
                .contains(
                        new OffsetRange(
                                Math.max(bad.baseOffset(), model.start()), bad.endOffset()));
        model.here().subMap(bad.baseOffset(), bad.endOffset()).clear();
        return "lose " + bad.baseOffset() + " to " + bad.endOffset();
    }

    private String checkpoint() throws IOException {
        Checkpoint copy = new Checkpoint(log.state(), model.copy());
        // It is forced and written while the log goes on.
        int meanwhile = random.nextInt(4);
        if (meanwhile == 0) {
            append();
        } else if (meanwhile == 1) {
            fill();
        } else if (meanwhile == 2) {
            trim();
        }
        store.force(ID, copy.state());
        durable = copy;
        store.manifestDurable(List.of(ID));
        return "checkpoint, meanwhile " + meanwhile;
    }

    private void crash() throws IOException {
        store.close();
        model = durable.model().copy();
        reopen();
    }

    private void reopen() throws IOException {
        store = ChroniclePartitionLogStore.open(StoreSettings.of(directory, 0), System::nanoTime);
        log = store.open(ID, LIMITS, durable.state());
        store.discardUnknown();
    }

    private void check() throws IOException {
        assertThat(log.startOffset()).isEqualTo(model.start());
        assertThat(log.endOffset()).isEqualTo(model.end());
        assertThat(log.holes()).isEqualTo(model.holes());
        try (LogReader reader = log.reader(log.startOffset())) {
            long position = log.startOffset();
            while (position < log.endOffset()) {
                List<StoredBatch> read;
                try {
                    read = reader.read(1_500);
                } catch (MissingException e) {
                    assertThat(model.holes()).contains(e.hole());
                    position = e.hole().to();
                    reader.seek(position);
                    continue;
                }
                Batches.check(read, position / RECORDS * RECORDS, reader.position());
                for (StoredBatch batch : read) {
                    assertThat(model.here()).containsKey(batch.baseOffset());
                }
                position = reader.position();
            }
        }
    }
}
