package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicDirectory;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Publisher} over publish streams. */
final class StreamPublisher implements Publisher {
    private static final Logger log = LoggerFactory.getLogger(StreamPublisher.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** About what a record and its future take in memory besides their bytes. */
    private static final int OBJECT_BYTES = 128;

    private final PublisherOptions options;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final MemoryBudget memory;
    private final LaneDirectory lanes;
    private final Sender sender;
    private final StreamPool streams;
    private final BatchFates fates;
    private final LaneDriver driver;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicBoolean news = new AtomicBoolean();
    private volatile Runnable stopListening = () -> {};
    private volatile boolean closed;

    private StreamPublisher(
            Cluster cluster,
            PublisherOptions options,
            Clock clock,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.options = options;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.memory = new MemoryBudget(options.memoryBytes());
        this.lanes = new LaneDirectory(new TopicDirectory(cluster), cluster, options, random);
        this.sender =
                new Sender(
                        "millrace-publisher-" + NUMBERS.incrementAndGet(), nanoTime, this::crashed);
        this.streams = new StreamPool(cluster, sender, nanoTime);
        this.fates = new BatchFates(options, memory, streams);
        this.driver = new LaneDriver(cluster, options, memory, nanoTime, sender, streams, fates);
        streams.setListener(
                new StreamEvents(cluster, streams, driver, fates, nanoTime, lanes::all));
    }

    static Publisher open(Cluster cluster, PublisherOptions options) {
        // Random is shared by threads, so it has to be one that may be.
        StreamPublisher publisher =
                new StreamPublisher(
                        cluster, options, Clock.systemUTC(), System::nanoTime, new Random());
        cluster.watch();
        publisher.sender.start();
        publisher.stopListening = cluster.onChange(publisher::leadersChanged);
        return publisher;
    }

    @Override
    public CompletableFuture<PublishedRecord> publish(OutgoingRecord outgoing) {
        checkOpen();
        try {
            return append(outgoing);
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<PublishedRecord> append(OutgoingRecord outgoing) {
        Record record =
                new Record(
                        outgoing.timestampMs().orElseGet(clock::millis),
                        outgoing.key(),
                        outgoing.value(),
                        outgoing.headers());
        long deadline = nanoTime.getAsLong() + options.maxBlockNanos();
        int partition = outgoing.partition().orElse(-1);
        TopicLanes topic = lanes.lanes(outgoing.topic(), partition + 1, options.maxBlockNanos());
        long reserved = RecordBatchBuilder.maxBytesOf(record) + OBJECT_BYTES;
        takeMemory(reserved, deadline);
        TopicLanes.Placed placed;
        try {
            placed = place(topic, outgoing, partition, record, reserved);
        } catch (RuntimeException e) {
            memory.release(reserved);
            throw e;
        }
        tell(placed);
        return placed.appended().future();
    }

    private TopicLanes.Placed place(
            TopicLanes topic, OutgoingRecord outgoing, int wanted, Record record, long reserved) {
        int batchBytes = options.batchBytes();
        long now = nanoTime.getAsLong();
        if (wanted >= 0) {
            return topic.append(wanted, record, reserved, batchBytes, now);
        }
        if (record.key() == null) {
            return topic.appendAnywhere(record, reserved, batchBytes, now, this::tell);
        }
        int chosen =
                options.partitioner().partitionOf(outgoing.topic(), record.key(), topic.count());
        return topic.append(chosen, record, reserved, batchBytes, now);
    }

    /** Encodes a batch that has become full, on the caller's thread, and tells the sender. */
    private void tell(TopicLanes.Placed placed) {
        PendingBatch full = placed.appended().closed();
        if (full != null) {
            full.encode(options.compression());
        }
        if (placed.appended().wakeSender() && placed.lane().wake()) {
            sender.post(() -> step(placed.lane()));
        }
    }

    private void leadersChanged() {
        if (news.compareAndSet(false, true)) {
            sender.post(
                    () -> {
                        news.set(false);
                        lanes.all().forEach(driver::leadersChanged);
                    });
        }
    }

    private void step(Lane lane) {
        lane.awake();
        driver.step(lane);
    }

    private void takeMemory(long bytes, long deadline) {
        if (memory.tryTake(bytes)) {
            return;
        }
        if (bytes > memory.capacity()) {
            throw MillraceException.of(
                            ErrorCode.BATCH_TOO_LARGE,
                            "the record takes "
                                    + bytes
                                    + " bytes; this publisher's memoryBytes is "
                                    + memory.capacity())
                    .with("limit", memory.capacity());
        }
        // Open batches are sent at once while somebody waits: their memory is needed.
        sender.post(() -> lanes.all().forEach(driver::step));
        try {
            if (!memory.take(bytes, deadline - nanoTime.getAsLong())) {
                throw MillraceException.of(
                                ErrorCode.OVERLOADED,
                                "the publisher's memory, "
                                        + memory.capacity()
                                        + " bytes, was full of records without an answer for "
                                        + TimeUnit.NANOSECONDS.toMillis(options.maxBlockNanos())
                                        + " ms (maxBlock); publish more slowly or raise"
                                        + " memoryBytes")
                        .with("limit", memory.capacity());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MillraceException.of(
                    ErrorCode.OVERLOADED,
                    "the thread was interrupted while it waited for the publisher's memory",
                    e);
        }
    }

    @Override
    public int partitionCount(String topic) {
        checkOpen();
        return lanes.lanes(topic, 1, options.maxBlockNanos()).count();
    }

    @Override
    public void flush() {
        flush(options.deadlineNanos());
    }

    private void flush(long timeoutNanos) {
        if (sender.isCurrentThread()) {
            throw new IllegalStateException("flush and close must not be called from a callback");
        }
        CompletableFuture<CompletableFuture<Void>> unanswered = new CompletableFuture<>();
        lanes.all().forEach(lane -> lane.queue().closeOpen());
        sender.post(() -> unanswered.complete(unanswered()));
        try {
            unanswered.thenCompose(all -> all).get(Math.max(1, timeoutNanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            log.debug("flush: not all records have an answer in time");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Void> unanswered() {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            lane.window().all().forEach(batch -> ends.add(batch.ended()));
            lane.queue().batches().forEach(batch -> ends.add(batch.ended()));
            driver.step(lane);
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    }

    @Override
    public void close() {
        close(Duration.ofNanos(options.deadlineNanos()));
    }

    @Override
    public void close(Duration timeout) {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        if (!closed) {
            closed = true;
            sender.post(driver::hurry);
            flush(deadline - nanoTime.getAsLong());
            sender.post(
                    () ->
                            end(
                                    MillraceException.of(
                                            ErrorCode.DEADLINE_EXCEEDED,
                                            "the publisher was closed before the answer came")));
        }
        awaitStop(timeout.plusSeconds(1));
    }

    /** Ending takes no network, only the sender's time. */
    private void awaitStop(Duration timeout) {
        try {
            stopped.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            log.warn("the publisher's thread has not ended in time");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(MillraceException why) {
        stopListening.run();
        for (Lane lane : lanes.end(why)) {
            fates.failAll(lane, why);
        }
        streams.cancelAll(why);
        sender.stop();
        stopped.complete(null);
    }

    private void crashed(Throwable crash) {
        log.error("the publisher has failed and takes no more records", crash);
        closed = true;
        end(MillraceException.of(ErrorCode.INTERNAL, "the publisher has failed: " + crash, crash));
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the publisher is closed");
        }
    }
}
