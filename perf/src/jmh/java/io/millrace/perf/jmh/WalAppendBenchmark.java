package io.millrace.perf.jmh;

import io.millrace.raft.RaftListener;
import io.millrace.raft.wal.ShardLog;
import io.millrace.raft.wal.WalEntry;
import io.millrace.raft.wal.WalOptions;
import io.millrace.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending one entry to the write-ahead log and waiting until it is forced: by one shard, and by
 * four that share each force. See {@link BenchDirectory} for whose disk is measured.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WalAppendBenchmark {
    /** What is kept of each shard, so that segments are recycled as in a broker. */
    private static final int KEPT = 1_000;

    /** Appends and waits. */
    @Benchmark
    @Threads(1)
    public void oneShard(OneShard shard) {
        shard.append();
    }

    /** Appends and waits, while others do the same. */
    @Benchmark
    @Threads(4)
    public void fourShards(OneShard shard) {
        shard.append();
    }

    /** The log that all share. */
    @State(Scope.Benchmark)
    public static class Journal {
        @Param({"1024", "65536"})
        public int entryBytes;

        private final AtomicInteger shards = new AtomicInteger();
        private Path directory;
        private WriteAheadLog log;

        /** Opens it. */
        @Setup(Level.Trial)
        public void open() throws IOException {
            directory = BenchDirectory.create();
            log =
                    WriteAheadLog.open(
                            directory,
                            WalOptions.defaults(),
                            new RaftListener() {},
                            System::nanoTime,
                            new SecureRandom());
        }

        /** Removes it. */
        @TearDown(Level.Trial)
        public void close() throws IOException {
            log.close();
            BenchDirectory.remove(directory);
        }
    }

    /** One shard for each thread. */
    @State(Scope.Thread)
    public static class OneShard {
        private ShardLog shard;
        private ByteBuffer payload;

        /** Takes the next number. */
        @Setup(Level.Trial)
        public void open(Journal journal) {
            shard = journal.log.shard(journal.shards.incrementAndGet());
            payload = ByteBuffer.allocate(journal.entryBytes);
        }

        void append() {
            long index = shard.lastIndex() + 1;
            shard.append(List.of(new WalEntry(index, 1, (byte) 1, payload.duplicate())));
            if (index % KEPT == 0) {
                shard.truncatePrefix(index - KEPT + 1);
            }
        }
    }
}
