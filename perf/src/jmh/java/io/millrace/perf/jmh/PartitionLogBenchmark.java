package io.millrace.perf.jmh;

import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.StoreSettings;
import io.millrace.broker.partition.StoredBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Appending batches to a partition log, reading them from its beginning, and reading each right
 * after it was appended. The time is that of one batch. See {@link BenchDirectory} for whose disk
 * is measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 20)
@Fork(1)
public class PartitionLogBenchmark {
    private static final int BATCHES = 1_000;
    private static final int RECORDS = 64;
    private static final int READ_BYTES = 256 << 10;

    @Param({"4096", "65536"})
    public int batchBytes;

    private Path directory;
    private ChroniclePartitionLogStore store;
    private PartitionLog filled;
    private PartitionLog empty;
    private ByteBuffer bytes;
    private long nextId = 1;

    /** Opens a store with one log that is full. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = BenchDirectory.create();
        store = ChroniclePartitionLogStore.open(StoreSettings.of(directory, 0), System::nanoTime);
        byte[] random = new byte[batchBytes];
        new SplittableRandom(1).nextBytes(random);
        bytes = ByteBuffer.wrap(random);
        filled = openLog();
        appendAll(filled);
    }

    /** Begins an empty log. */
    @Setup(Level.Iteration)
    public void begin() throws IOException {
        empty = openLog();
    }

    /** Removes it. */
    @TearDown(Level.Iteration)
    public void end() throws IOException {
        store.delete(empty.partitionId());
        store.manifestDurable(List.of(filled.partitionId()));
    }

    /** Removes the store. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        BenchDirectory.remove(directory);
    }

    private PartitionLog openLog() throws IOException {
        SegmentLimits limits = new SegmentLimits(128 << 20, Long.MAX_VALUE, 1 << 20);
        return store.open(nextId++, limits, LogState.EMPTY);
    }

    /** What a broker does with each batch that is committed. */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void append() throws IOException {
        appendAll(empty);
    }

    private void appendAll(PartitionLog log) throws IOException {
        for (int i = 0; i < BATCHES; i++) {
            log.append(List.of(next(log)));
        }
    }

    private StoredBatch next(PartitionLog log) {
        long offset = log.endOffset();
        return new StoredBatch(offset, RECORDS, offset + 1, 1, offset + 1, bytes.duplicate());
    }

    /** What a broker does for a subscriber that catches up. */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void read(Blackhole sink) throws IOException {
        try (LogReader reader = filled.reader(0)) {
            while (reader.position() < filled.endOffset()) {
                sink.consume(reader.read(READ_BYTES));
            }
        }
    }

    /** What it does for one that follows the end of the log, and the append before. */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void appendAndRead(Blackhole sink) throws IOException {
        try (LogReader reader = empty.reader(0)) {
            for (int i = 0; i < BATCHES; i++) {
                empty.append(List.of(next(empty)));
                sink.consume(reader.read(READ_BYTES));
            }
        }
    }
}
