package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.millrace.raft.RaftListener;
import io.millrace.raft.wal.MemoryShardLog;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from memory must be what the log would have said. */
@Timeout(60)
final class RecentEntriesTest {

    private final AtomicInteger diskReads = new AtomicInteger();
    private final AtomicInteger memoryReads = new AtomicInteger();

    private RecentEntries recent(long maxBytes) {
        return new RecentEntries(
                maxBytes,
                new RaftListener() {
                    @Override
                    public void entryRead(boolean fromDisk, int bytes) {
                        (fromDisk ? diskReads : memoryReads).incrementAndGet();
                    }
                });
    }

    private static ShardLogStorage storage(ShardLog log, RecentEntries recent) {
        ConfigurationEntry base =
                new ConfigurationEntry(new LogId(0, 0), new Configuration(), new Configuration());
        KnownMembers members = new KnownMembers(new PeerId("node", 1, 7), base);
        return new ShardLogStorage(log, base, List.of(), members, recent, () -> true, () -> true);
    }

    private static LogEntry entry(long index, long term, int bytes) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        byte[] payload = new byte[bytes];
        new Random(index * 31 + term).nextBytes(payload);
        entry.setData(ByteBuffer.wrap(payload));
        return entry;
    }

    private static List<LogEntry> entries(long from, long to, long term, int bytes) {
        List<LogEntry> entries = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            entries.add(entry(index, term, bytes));
        }
        return entries;
    }

    @Test
    void shouldReadTheDiskOnlyForWhatFellOut() {
        RecentEntries recent = recent(100_000);
        ShardLogStorage storage = storage(new MemoryShardLog(1), recent);
        storage.appendEntries(entries(1, 200, 1, 1000));
        assertThat(recent.bytes()).isBetween(98_000L, 100_000L);

        for (long index = 120; index <= 200; index++) {
            assertThat(storage.getEntry(index)).isEqualTo(entry(index, 1, 1000));
        }
        assertThat(diskReads).hasValue(0);
        assertThat(memoryReads).hasValue(81);
        storage.getEntry(3);
        assertThat(diskReads).hasValue(1);
        assertThat(storage.getEntry(3)).as("its term").isEqualTo(entry(3, 1, 1000));
        assertThat(diskReads).hasValue(1);
        storage.shutdown();
        assertThat(recent.bytes()).isZero();
    }

    @Test
    void shouldKeepTheLastEntryOfAnIdleShardWhateverTheOthersWrite() {
        RecentEntries recent = recent(100_000);
        ShardLogStorage idle = storage(new MemoryShardLog(1), recent);
        ShardLogStorage busy = storage(new MemoryShardLog(2), recent);
        idle.appendEntries(entries(1, 5, 1, 1000));
        busy.appendEntries(entries(1, 500, 1, 1000));

        assertThat(idle.getEntry(5)).isEqualTo(entry(5, 1, 1000));
        assertThat(diskReads).hasValue(0);
    }

    @Test
    void shouldNotKeepWhatIsLargerThanAll() {
        RecentEntries recent = recent(1000);
        ShardLogStorage storage = storage(new MemoryShardLog(1), recent);
        storage.appendEntries(entries(1, 3, 1, 5000));
        assertThat(recent.bytes()).isZero();
        assertThat(storage.getEntry(2)).isEqualTo(entry(2, 1, 5000));
    }

    /** A shard that was removed and came back under its number has another log. */
    @Test
    void shouldNotMixTwoLivesOfAShard() {
        RecentEntries recent = recent(100_000);
        ShardLogStorage first = storage(new MemoryShardLog(1), recent);
        first.appendEntries(entries(1, 5, 1, 10));
        ShardLogStorage second = storage(new MemoryShardLog(1), recent);
        second.appendEntries(entries(1, 3, 9, 10));

        assertThat(second.getEntry(2)).isEqualTo(entry(2, 9, 10));
        assertThat(second.getEntry(5)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldSayWhatTheLogSays(long seed) {
        Random random = new Random(seed);
        RecentEntries recent = recent(6000);
        List<MemoryShardLog> logs = List.of(new MemoryShardLog(1), new MemoryShardLog(2));
        List<ShardLogStorage> storages = logs.stream().map(log -> storage(log, recent)).toList();
        long term = 1;
        for (int step = 0; step < 4000; step++) {
            MemoryShardLog log = logs.get(step % 2);
            ShardLogStorage storage = storages.get(step % 2);
            long last = log.lastIndex();
            switch (random.nextInt(10)) {
                case 0 -> {
                    long kept = log.firstIndex() - 1;
                    kept += random.nextLong(last - kept + 1);
                    assertThat(storage.truncateSuffix(kept)).isTrue();
                    term++;
                }
                case 1 -> storage.truncatePrefix(log.firstIndex() + random.nextInt(4));
                case 2 -> {
                    if (random.nextInt(10) == 0) {
                        storage.reset(1 + random.nextLong(last + 10));
                        term++;
                    }
                }
                default -> {
                    int count = 1 + random.nextInt(4);
                    storage.appendEntries(
                            entries(last + 1, last + count, term, random.nextInt(300)));
                }
            }
            assertThat(recent.bytes()).isBetween(0L, 6000L);
            for (int read = 0; read < 8; read++) {
                long index = Math.max(1, log.lastIndex() + 3 - random.nextInt(40));
                WalEntry expected = log.read(index);
                assertThat(storage.getEntry(index))
                        .as("seed %d, step %d, entry %d", seed, step, index)
                        .isEqualTo(expected == null ? null : EntryCodec.decode(expected));
            }
        }
        assertThat(memoryReads.get()).isPositive();
        assertThat(diskReads.get()).isPositive();
    }

    /** A log of which one read can be held up when it knows its answer. */
    private static final class SlowLog extends MemoryShardLog {
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch waiting = new CountDownLatch(1);

        SlowLog() {
            super(1);
        }

        @Override
        public WalEntry read(long index) {
            WalEntry entry = super.read(index);
            CountDownLatch before = gate;
            if (before.getCount() > 0) {
                waiting.countDown();
                try {
                    assertThat(before.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return entry;
        }
    }

    /** The entry that a slow reader brings from the disk is gone meanwhile. */
    @Test
    void shouldNotKeepWhatWasCutOffWhileItWasRead() throws Exception {
        SlowLog log = new SlowLog();
        log.append(entries(1, 9, 1, 10).stream().map(EntryCodec::encode).toList());
        ShardLogStorage storage = storage(log, recent(100_000));
        CountDownLatch gate = new CountDownLatch(1);
        log.gate = gate;
        CompletableFuture<LogEntry> slow = CompletableFuture.supplyAsync(() -> storage.getEntry(7));
        assertThat(log.waiting.await(20, TimeUnit.SECONDS)).isTrue();
        log.gate = new CountDownLatch(0);
        storage.truncateSuffix(6);
        gate.countDown();
        assertThat(slow.get(20, TimeUnit.SECONDS)).isEqualTo(entry(7, 1, 10));

        assertThat(storage.getEntry(7)).isNull();
        storage.appendEntries(entries(7, 9, 2, 10));
        assertThat(storage.getEntry(7)).isEqualTo(entry(7, 2, 10));
        assertThat(storage.getEntry(9)).isEqualTo(entry(9, 2, 10));
    }

    /** Nobody reads an entry of an earlier term than the log had when the read began. */
    @Test
    void shouldNeverGoBackToWhatWasCutOffWithManyReaders() throws Exception {
        ShardLogStorage storage = storage(new MemoryShardLog(1), recent(3000));
        AtomicLongArray terms = new AtomicLongArray(64);
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int reader = 0; reader < 3; reader++) {
            Random random = new Random(reader);
            readers.add(
                    CompletableFuture.runAsync(
                            () -> {
                                while (!done.get()) {
                                    int index = 1 + random.nextInt(63);
                                    long least = terms.get(index);
                                    LogEntry entry = storage.getEntry(index);
                                    if (entry != null) {
                                        assertThat(entry.getId().getTerm())
                                                .isGreaterThanOrEqualTo(least);
                                    }
                                }
                            }));
        }
        Random random = new Random(11);
        for (int term = 1; term <= 3000; term++) {
            long last = storage.getLastLogIndex();
            long kept = random.nextLong(last + 1);
            storage.truncateSuffix(kept);
            long to = Math.min(63, kept + 1 + random.nextInt(10));
            storage.appendEntries(entries(kept + 1, to, term, 50));
            for (long index = kept + 1; index <= to; index++) {
                terms.set((int) index, term);
            }
        }
        done.set(true);
        for (CompletableFuture<Void> reader : readers) {
            reader.get(20, TimeUnit.SECONDS);
        }
    }
}
