package io.millrace.client.publish;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.record.Bounds;
import io.millrace.protocol.batch.Compression;
import java.time.Duration;
import java.util.Objects;

/** Collects the options of a publisher; the defaults suit most. Not thread-safe. */
public final class PublisherBuilder {
    private static final int MIN_BATCH_BYTES = 1 << 10;
    private static final int MAX_BATCH_BYTES = 8 << 20;
    private static final Duration MAX_LINGER = Duration.ofSeconds(10);
    private static final long MIN_MEMORY = 1L << 20;
    private static final long MAX_MEMORY = 1L << 40;
    private static final Duration MAX_DEADLINE = Duration.ofHours(24);

    private final Cluster cluster;
    private int batchBytes = 64 << 10;
    private Duration linger = Duration.ofMillis(5);
    private Compression compression = Compression.NONE;
    private Partitioner partitioner = Partitioner.keyHash();
    private long memoryBytes = 32L << 20;
    private Duration maxBlock = Duration.ofSeconds(60);
    private Duration deadline = Duration.ofSeconds(120);
    private Duration ackTimeout = Duration.ofSeconds(10);

    /** Internal: use {@code MillraceClient.newPublisher()}. */
    public PublisherBuilder(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * A batch is sent when it has this many bytes before compression; 1 KiB to 8 MiB, default 64
     * KiB. A larger record gets a batch of its own. The topic's max.batch.bytes is kept in any
     * case.
     */
    public PublisherBuilder batchBytes(int bytes) {
        batchBytes = (int) Bounds.check("batchBytes", bytes, MIN_BATCH_BYTES, MAX_BATCH_BYTES);
        return this;
    }

    /**
     * A batch is sent when its first record has waited this long, even if it is not full; 0 to 10
     * s, default 5 ms.
     */
    public PublisherBuilder linger(Duration time) {
        linger = Bounds.check("linger", time, Duration.ZERO, MAX_LINGER);
        return this;
    }

    /** How batches are compressed; default: not. Batches that would grow are sent as they are. */
    public PublisherBuilder compression(Compression method) {
        compression = Objects.requireNonNull(method, "compression");
        return this;
    }

    /** How keys choose partitions; default {@link Partitioner#keyHash()}. */
    public PublisherBuilder partitioner(Partitioner chooser) {
        partitioner = Objects.requireNonNull(chooser, "partitioner");
        return this;
    }

    /**
     * How many bytes of records may wait for their answer, over all partitions; 1 MiB to 1 TiB,
     * default 32 MiB. When they do, {@link Publisher#publish} blocks.
     */
    public PublisherBuilder memoryBytes(long bytes) {
        memoryBytes = Bounds.check("memoryBytes", bytes, MIN_MEMORY, MAX_MEMORY);
        return this;
    }

    /**
     * How long {@link Publisher#publish} may block for memory or for the topic's partitions before
     * the record fails with OVERLOADED or NOT_READY, not applied; 0 to 24 h, default 60 s.
     */
    public PublisherBuilder maxBlock(Duration time) {
        maxBlock = Bounds.check("maxBlock", time, Duration.ZERO, MAX_DEADLINE);
        return this;
    }

    /**
     * How long a record may take from {@link Publisher#publish} to its answer, over all attempts; 1
     * ms to 24 h, default 120 s.
     */
    public PublisherBuilder deadline(Duration time) {
        deadline = Bounds.check("deadline", time, Duration.ofMillis(1), MAX_DEADLINE);
        return this;
    }

    /**
     * How long a broker may leave all batches of a partition without an answer before they are sent
     * again, in order and with the same sequence, on another stream or to another leader; 100 ms to
     * 10 min, default 10 s, doubled up to eightfold while there is still no answer. A leader that
     * has been replaced gets half a second.
     */
    public PublisherBuilder ackTimeout(Duration time) {
        ackTimeout =
                Bounds.check("ackTimeout", time, Duration.ofMillis(100), Duration.ofMinutes(10));
        return this;
    }

    /** Opens the publisher; connects when the first record comes. */
    public Publisher open() {
        return StreamPublisher.open(
                cluster,
                new PublisherOptions(
                        batchBytes,
                        linger.toNanos(),
                        compression,
                        partitioner,
                        memoryBytes,
                        maxBlock.toNanos(),
                        deadline.toNanos(),
                        ackTimeout.toNanos()));
    }
}
