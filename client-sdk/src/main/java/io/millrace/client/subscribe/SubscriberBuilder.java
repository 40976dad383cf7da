package io.millrace.client.subscribe;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.read.Consistency;
import io.millrace.client.read.ReadFrom;
import io.millrace.client.record.Bounds;
import io.millrace.client.record.TopicPartition;
import io.millrace.protocol.TopicName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Collects what a subscriber follows and how; the defaults suit most. Not thread-safe. */
public final class SubscriberBuilder {
    private static final int MAX_RECORDS = 1_000_000;
    private static final int MAX_FILTER_CHARACTERS = 4_096;
    private static final long MIN_PREFETCH_BYTES = 1L << 10;
    private static final long MAX_PREFETCH_BYTES = 1L << 30;

    private final Cluster cluster;
    private final Set<String> wholeTopics = new LinkedHashSet<>();
    private final Map<TopicPartition, Position> partitions = new LinkedHashMap<>();
    private Position from = Position.latest();
    private GapPolicy gapPolicy = GapPolicy.FAIL;
    private Consumer<Gap> onGap = gap -> {};
    private int maxPollRecords = 1_000;
    private int prefetchRecords = 50_000;
    private long prefetchBytes = 16L << 20;
    private Duration openTimeout = Duration.ofSeconds(30);
    private Consistency consistency;
    private ReadFrom readFrom = ReadFrom.LEADER;
    private String filter = "";
    private Duration spreadInterval = Duration.ofSeconds(15);

    /** Internal: use {@code MillraceClient.newSubscriber()}. */
    public SubscriberBuilder(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Follows all partitions that the topic has now, from {@link #from}. */
    public SubscriberBuilder topic(String name) {
        wholeTopics.add(TopicName.check(name));
        return this;
    }

    /** Follows one partition, from {@link #from}. */
    public SubscriberBuilder partition(String topic, int partition) {
        partitions.put(new TopicPartition(topic, partition), null);
        return this;
    }

    /**
     * Follows one partition from a position of its own, such as one that {@link
     * Subscriber#positions()} gave before. Together with {@link #topic}: the others start at {@link
     * #from}.
     */
    public SubscriberBuilder partition(TopicPartition partition, Position position) {
        partitions.put(partition, Objects.requireNonNull(position, "position"));
        return this;
    }

    /** Where partitions without a position of their own start; default: latest. */
    public SubscriberBuilder from(Position position) {
        from = Objects.requireNonNull(position, "from");
        return this;
    }

    /** What to do when records that come next are gone; default {@link GapPolicy#FAIL}. */
    public SubscriberBuilder gapPolicy(GapPolicy policy) {
        gapPolicy = Objects.requireNonNull(policy, "gapPolicy");
        return this;
    }

    /**
     * Is told of each gap that was stepped over under EARLIEST or LATEST, on the thread that takes
     * the records, before the first record after the gap.
     */
    public SubscriberBuilder onGap(Consumer<Gap> listener) {
        onGap = Objects.requireNonNull(listener, "onGap");
        return this;
    }

    /** How many records {@link Subscriber#poll} gives at most; 1 to 1,000,000, default 1,000. */
    public SubscriberBuilder maxPollRecords(int records) {
        maxPollRecords = (int) Bounds.check("maxPollRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /**
     * How many records may be read ahead, over all partitions of a broker; 1 to 1,000,000, default
     * 50,000. One batch more may come.
     */
    public SubscriberBuilder prefetchRecords(int records) {
        prefetchRecords = (int) Bounds.check("prefetchRecords", records, 1, MAX_RECORDS);
        return this;
    }

    /**
     * How many bytes of batches, as they are stored, may be read ahead, over all partitions of a
     * broker; 1 KiB to 1 GiB, default 16 MiB. One batch more may come.
     */
    public SubscriberBuilder prefetchBytes(long bytes) {
        prefetchBytes =
                Bounds.check("prefetchBytes", bytes, MIN_PREFETCH_BYTES, MAX_PREFETCH_BYTES);
        return this;
    }

    /** How long {@link #open} may wait for the topics' partitions; 0 to 1 h, default 30 s. */
    public SubscriberBuilder openTimeout(Duration time) {
        openTimeout = Bounds.check("openTimeout", time, Duration.ZERO, Duration.ofHours(1));
        return this;
    }

    /**
     * What the reads are to have seen. Default: earliest, latest and times stand for the ends that
     * the logs have at the leader, and records come as the replica that is read has them.
     *
     * <p>With a session each partition waits until its replica has what the token names; with a
     * bound on staleness a replica that is older is left for another one.
     */
    public SubscriberBuilder consistency(Consistency wanted) {
        consistency = Objects.requireNonNull(wanted, "consistency");
        return this;
    }

    /**
     * Where to read; default {@link ReadFrom#LEADER}. From {@link ReadFrom#ANY} replica,
     * subscribers are spread over the brokers by the client's policy and move when theirs goes away
     * or falls behind; the same records come in the same order, none twice. When a broker comes
     * back they take their share of it within a minute or so, a stream at a time.
     */
    public SubscriberBuilder readFrom(ReadFrom where) {
        readFrom = Objects.requireNonNull(where, "readFrom");
        return this;
    }

    /**
     * Takes only the records for which this expression holds, such as {@code headers.type == "paid"
     * && key.startsWith("eu-")}; the brokers send no others. The language is
     * docs/reference/filter.md, at most 4,096 characters. Default: all records.
     *
     * <p>Positions move on over what is left out, also while nothing matches; that is no gap, and
     * neither {@link #gapPolicy} nor {@link #onGap} hears of it. A text that is no expression is
     * refused by the broker: {@link Subscriber#poll} throws INVALID_ARGUMENT with the place.
     */
    public SubscriberBuilder filter(String expression) {
        Bounds.check("filter length", expression.length(), 1, MAX_FILTER_CHARACTERS);
        filter = expression;
        return this;
    }

    /** How often to look for brokers that have come back, on average; above 0. */
    SubscriberBuilder spreadInterval(Duration time) {
        spreadInterval = time;
        return this;
    }

    /**
     * Opens the subscriber. Blocks up to {@link #openTimeout} until the topics are known; records
     * may come later.
     *
     * @throws io.millrace.protocol.error.MillraceException UNKNOWN_TOPIC, UNKNOWN_PARTITION, or
     *     NOT_READY if no broker answers in time
     * @throws IllegalArgumentException if neither a topic nor a partition was named
     */
    public Subscriber open() {
        if (wholeTopics.isEmpty() && partitions.isEmpty()) {
            throw new IllegalArgumentException("name a topic or a partition to follow");
        }
        return StreamSubscriber.open(
                cluster,
                new SubscriberOptions(
                        Set.copyOf(wholeTopics),
                        new LinkedHashMap<>(partitions),
                        from,
                        gapPolicy,
                        onGap,
                        maxPollRecords,
                        prefetchRecords,
                        prefetchBytes,
                        openTimeout.toNanos(),
                        consistency,
                        readFrom,
                        filter,
                        spreadInterval.toNanos()));
    }
}
