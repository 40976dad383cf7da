package io.millrace.perf.jmh;

import io.millrace.broker.cluster.Handshake;
import io.millrace.broker.partition.ChroniclePartitionLogStore;
import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogState;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.RecentMemory;
import io.millrace.broker.partition.SegmentLimits;
import io.millrace.broker.partition.StoreSettings;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.subscription.ServedPartition;
import io.millrace.broker.subscription.SubscriptionContext;
import io.millrace.broker.subscription.SubscriptionLimits;
import io.millrace.broker.subscription.SubscriptionListener;
import io.millrace.broker.subscription.SubscriptionOutlet;
import io.millrace.broker.subscription.SubscriptionSession;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Credit;
import io.millrace.v1.PartitionGap;
import io.millrace.v1.PartitionStart;
import io.millrace.v1.Position;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeServiceGrpc;
import io.millrace.v1.SubscribeStart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
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

/**
 * Bringing a batch of 64 KiB from its append to the wire of each of N subscribers that follow the
 * end of the log: the append, N turns of sessions, N messages written as gRPC writes them. One
 * thread does it all. The time is that of one batch.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 20)
@Fork(1)
public class FanOutBenchmark {
    private static final int BATCHES = 500;
    private static final int RECORDS = 64;
    private static final int BATCH_BYTES = 64 << 10;

    @Param({"1", "8", "64"})
    public int subscribers;

    private Path directory;
    private ChroniclePartitionLogStore store;
    private PartitionLog log;
    private Wire[] wires;
    private ByteBuffer bytes;
    private long nextId = 1;

    /** Opens a store. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = BenchDirectory.create();
        store =
                ChroniclePartitionLogStore.open(
                        StoreSettings.of(directory, 0),
                        System::nanoTime,
                        new RecentMemory(32 << 20));
        byte[] random = new byte[BATCH_BYTES];
        new SplittableRandom(1).nextBytes(random);
        bytes = ByteBuffer.wrap(random);
    }

    /** Begins an empty log that all follow. */
    @Setup(Level.Iteration)
    public void begin() throws IOException {
        SegmentLimits limits = new SegmentLimits(128 << 20, Long.MAX_VALUE, 1 << 20);
        log = store.open(nextId++, limits, LogState.EMPTY);
        wires = new Wire[subscribers];
        for (int i = 0; i < subscribers; i++) {
            wires[i] = new Wire();
            wires[i].follow(new Served(log));
        }
    }

    /** Removes it, once all have had everything. */
    @TearDown(Level.Iteration)
    public void end() throws IOException {
        for (Wire wire : wires) {
            wire.session.onClosed();
            if (wire.batches != BATCHES) {
                throw new IllegalStateException("a subscriber had " + wire.batches + " batches");
            }
        }
        store.delete(log.partitionId());
        store.manifestDurable(List.of());
    }

    /** Removes the store. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        BenchDirectory.remove(directory);
    }

    /** Appends; the sessions' turns run where they are asked for. */
    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void fanOut() throws IOException {
        for (int i = 0; i < BATCHES; i++) {
            long offset = log.endOffset();
            log.append(
                    List.of(
                            new StoredBatch(
                                    offset,
                                    RECORDS,
                                    offset + 1,
                                    1,
                                    offset + 1,
                                    bytes.duplicate())));
        }
    }

    /** A subscriber's connection, which takes everything at once. */
    private static final class Wire implements SubscriptionOutlet {
        private final byte[] buffer = new byte[BATCH_BYTES + 4096];
        private SubscriptionSession session;
        private int batches;

        void follow(ServedPartition served) {
            session =
                    new SubscriptionSession(
                            new SubscriptionContext(
                                    new Handshake("benchmark"),
                                    (topic, topicId, partition) -> served,
                                    Runnable::run,
                                    (delay, task) -> {},
                                    Clock.systemUTC(),
                                    System::nanoTime,
                                    SubscriptionLimits.DEFAULT,
                                    new Silent()),
                            this);
            session.onRequest(
                    SubscribeRequest.newBuilder()
                            .setStart(
                                    SubscribeStart.newBuilder()
                                            .setProtocolVersion(1)
                                            .setInitialCredit(
                                                    Credit.newBuilder()
                                                            .setRecords(Integer.MAX_VALUE)
                                                            .setBytes(Integer.MAX_VALUE))
                                            .addPartitions(
                                                    PartitionStart.newBuilder()
                                                            .setHandle(1)
                                                            .setTopic("t")
                                                            .setPosition(
                                                                    Position.newBuilder()
                                                                            .setEarliest(true))))
                            .build());
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(SubscribeResponse response) {
            try (InputStream message =
                    SubscribeServiceGrpc.getSubscribeMethod().streamResponse(response)) {
                int length = message.readNBytes(buffer, 0, buffer.length);
                batches += length > BATCH_BYTES ? 1 : 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void requestNext() {}

        @Override
        public void complete() {}
    }

    private record Served(PartitionLog log) implements ServedPartition {
        @Override
        public long leaderEpoch() {
            return 1;
        }

        @Override
        public boolean trimmedOnRequest() {
            return false;
        }

        @Override
        public boolean corruptionFound(CorruptLogException found) {
            return false;
        }

        @Override
        public boolean exists() {
            return true;
        }

        @Override
        public boolean isHere() {
            return true;
        }

        @Override
        public boolean leads() {
            return true;
        }

        @Override
        public long stalenessNanos() {
            return 0;
        }

        @Override
        public MillraceException redirected(MillraceException failure) {
            return failure;
        }

        @Override
        public MillraceException toAnother(MillraceException failure) {
            return failure;
        }

        @Override
        public MillraceException elsewhere() {
            throw new IllegalStateException("it is always here");
        }

        @Override
        public int shard() {
            return 1;
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class Silent implements SubscriptionListener {
        @Override
        public void delivered(String topic, int records, int bytes) {}

        @Override
        public void tested(int records, int matched) {}

        @Override
        public void gap(PartitionGap.Reason reason) {}

        @Override
        public void closed() {}
    }
}
