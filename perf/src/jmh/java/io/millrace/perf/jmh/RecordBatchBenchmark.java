package io.millrace.perf.jmh;

import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.batch.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Encoding, checking and decoding a batch of 64 KiB, half of it random. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBatchBenchmark {
    private static final int BATCH_BYTES = 64 << 10;

    @Param({"NONE", "LZ4", "ZSTD"})
    public Compression compression;

    @Param({"100", "1024"})
    public int recordSize;

    private Record[] records;
    private byte[] batch;
    private int lastBytes;

    /** Makes the records. */
    @Setup(Level.Trial)
    public void setUp() {
        SplittableRandom random = new SplittableRandom(1);
        records = new Record[BATCH_BYTES / recordSize];
        for (int i = 0; i < records.length; i++) {
            byte[] value = new byte[recordSize];
            random.nextBytes(value);
            Arrays.fill(value, recordSize / 2, recordSize, (byte) 'm');
            records[i] = new Record(1_700_000_000_000L + i, null, value);
        }
        ByteBuffer encoded = encode();
        batch = new byte[encoded.remaining()];
        encoded.get(batch);
    }

    /** What a publisher does, again and again. */
    @Benchmark
    public ByteBuffer encode() {
        RecordBatchBuilder builder = new RecordBatchBuilder(lastBytes);
        for (Record record : records) {
            builder.append(record);
        }
        lastBytes = builder.sizeInBytes();
        return builder.build(compression).stamped(1, 1, 0);
    }

    /** What a broker does with a batch that comes in. */
    @Benchmark
    public RecordBatch check() {
        RecordBatch checked = RecordBatch.validated(ByteBuffer.wrap(batch));
        checked.checkRecordCount();
        return checked;
    }

    /** What a subscriber does. */
    @Benchmark
    public void decode(Blackhole sink) {
        for (Record record : RecordBatch.validated(ByteBuffer.wrap(batch))) {
            sink.consume(record);
        }
    }
}
