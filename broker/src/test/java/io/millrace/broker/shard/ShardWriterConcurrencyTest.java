package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.raft.Proposal;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Streams that append to two shards under their own lock, which their answers take too, as a
 * publish stream does: nothing may hang, get lost or come out of order.
 */
class ShardWriterConcurrencyTest {

    private static final int STREAMS = 4;
    private static final int BATCHES = 3_000;
    private static final int IN_FLIGHT = 8;

    private final ExecutorService answers = Executors.newSingleThreadExecutor();
    private final long seed = new Random().nextLong();

    /** Applies on a thread of its own; sometimes it is busy, sometimes it loses an entry. */
    private final class ThreadedShard implements Shard {

        final DataShard machine;
        final ExecutorService applyThread = Executors.newSingleThreadExecutor();
        final Random random = new Random(seed);
        final ShardWriter writer;
        private long index = 1;

        ThreadedShard(int id) throws IOException {
            machine =
                    new DataShard(
                            id,
                            new MemoryPartitionLogStore(),
                            ProducerLimits.DEFAULT,
                            ShardCounters.NONE);
            machine.started();
            machine.apply(1, 1, CommandCodec.encode(create(1, 1)), null);
            writer =
                    new ShardWriter(
                            this,
                            Clock.systemUTC(),
                            System::nanoTime,
                            new WriterLimits(
                                    2_000, Batches.plainBatch(3).remaining(), 16, 3, 3_000, 20),
                            new WriteGate(),
                            ShardCounters.NONE,
                            answers);
        }

        @Override
        public void propose(Proposal proposal, long expectedTerm) {
            int dice = random.nextInt(100);
            if (dice == 0) {
                proposal.failed(Proposal.Outcome.NOT_APPLIED_BUSY, "busy");
            } else if (dice == 1) {
                applyThread.execute(() -> proposal.failed(Proposal.Outcome.UNKNOWN, "lost"));
            } else {
                applyThread.execute(
                        () -> machine.apply(++index, 1, proposal.data().duplicate(), proposal));
            }
        }

        @Override
        public int id() {
            return machine.shardId();
        }

        @Override
        public long leadingTerm() {
            return 1;
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public long stalenessNanos() {
            return 0;
        }

        @Override
        public CompletableFuture<Long> checkpoint() {
            throw new AssertionError("nobody is to ask for this");
        }

        @Override
        public ShardStatus status() {
            throw new AssertionError("nobody is to ask for this");
        }
    }

    /** One publish stream with a lane into each shard. */
    private final class Stream implements Runnable {

        private final List<ThreadedShard> shards;
        private final Random random;
        private final Semaphore room = new Semaphore(IN_FLIGHT);
        private final AppendLane[] lanes = {new AppendLane(1, 1), new AppendLane(1, 1)};
        private final int[] sent = new int[2];
        private final int[] answered = new int[2];
        private final int[] stored = new int[2];
        private final List<String> problems = new ArrayList<>();

        Stream(List<ThreadedShard> shards, long streamSeed) {
            this.shards = shards;
            this.random = new Random(streamSeed);
        }

        @Override
        public void run() {
            for (int i = 0; i < BATCHES; i++) {
                room.acquireUninterruptibly();
                int to = random.nextInt(2);
                ByteBuffer batch = plainBatch(1 + random.nextInt(3));
                synchronized (this) {
                    // A new lane may only follow when all of the failed one is answered.
                    if (lanes[to].failed() && sent[to] == answered[to]) {
                        lanes[to] = new AppendLane(1, 1);
                    }
                    int number = sent[to]++;
                    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
                    shards.get(to)
                            .writer
                            .append(
                                    lanes[to],
                                    batch,
                                    deadline,
                                    result -> answer(to, number, result));
                }
            }
            room.acquireUninterruptibly(IN_FLIGHT);
        }

        private synchronized void answer(int to, int number, AppendResult result) {
            if (answered[to]++ != number) {
                problems.add("answer " + number + " where " + (answered[to] - 1) + " was due");
            }
            if (result instanceof Appended) {
                stored[to]++;
            }
            room.release();
        }
    }

    @Test
    @Timeout(60)
    void shouldAnswerEachBatchOnceInOrderWithoutADeadlock() throws Exception {
        List<ThreadedShard> shards = List.of(new ThreadedShard(1), new ThreadedShard(2));
        List<Stream> streams = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(STREAMS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Stream stream = new Stream(shards, seed + i);
            streams.add(stream);
            running.add(threads.submit(stream));
        }
        for (Future<?> one : running) {
            one.get();
        }
        for (int to = 0; to < 2; to++) {
            ThreadedShard shard = shards.get(to);
            shard.applyThread.shutdown();
            assertThat(shard.applyThread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            int stored = 0;
            for (Stream stream : streams) {
                assertThat(stream.problems).as("seed %d", seed).isEmpty();
                stored += stream.stored[to];
            }
            assertThat(stored).as("seed %d", seed).isPositive().isEqualTo(batchesIn(shard));
            assertThat(shard.writer.waitingBatches()).as("seed %d", seed).isZero();
            assertThat(shard.writer.entriesInFlight()).as("seed %d", seed).isZero();
        }
        threads.shutdown();
        answers.shutdown();
    }

    private static int batchesIn(ThreadedShard shard) throws IOException {
        return shard.machine.partition(1).log().reader(0).read(Integer.MAX_VALUE).size();
    }
}
