package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What wakes an idle broker; what it decides is in the tests of the rules that it asks. */
class EngineWatchTest {

    private static final long SECOND = 1_000_000_000L;

    private final MemoryJournal journal = new MemoryJournal();
    private final HeartbeatPace pace = new HeartbeatPace(() -> 10 * SECOND);
    private Bench bench;
    private JraftShard shard;
    private DiskWatch disk;
    private EngineWatch watch;

    @TempDir private Path directory;

    @BeforeEach
    void open() throws Exception {
        bench = Bench.memory(directory);
        shard = (JraftShard) bench.create(1, new LineMachine());
        disk = new DiskWatch(bench.options, journal, bench, new ScheduledThreadPoolExecutor(1));
        watch =
                new EngineWatch(
                        bench.options,
                        journal,
                        Map.of(1, shard),
                        disk,
                        new SoloLinks(),
                        pace,
                        System::nanoTime);
        settle();
        journal.usages.set(0);
    }

    @AfterEach
    void close() throws Exception {
        disk.close();
        bench.close();
    }

    @Test
    void shouldLookAtTheJournalOnceASecondWhileNobodyWrites() {
        beat(30);

        assertThat(journal.usages).hasValue(3);
    }

    @Test
    void shouldLookAtOnceWhenSomethingIsWritten() {
        assertThat(Bench.propose(shard, "one")).isEqualTo("applied");

        beat(1);

        assertThat(journal.usages).hasValue(1);
    }

    @Test
    void shouldLookAgainAndAgainWhileWritesAreRefused() {
        journal.usage = MemoryJournal.filled(95, 1);
        beat(10);
        assertThat(journal.usages).as("as long as it was idle").hasValue(1);
        beat(5);
        assertThat(journal.usages).hasValue(6);

        journal.usage = MemoryJournal.filled(10, 1);
        beat(1);
        assertThat(journal.usages).hasValue(7);
        beat(20);
        assertThat(journal.usages).as("taken again: idle").hasValue(9);
    }

    /** Until what the shard did so far has been seen. */
    private void settle() {
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> shard.status().appliedIndex() == shard.status().lastLogIndex());
        beat(10);
    }

    private void beat(int times) {
        for (int i = 0; i < times; i++) {
            watch.beat();
        }
    }
}
