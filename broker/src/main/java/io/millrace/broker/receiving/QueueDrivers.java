package io.millrace.broker.receiving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.GroupsImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.shard.DataShardListener;
import io.millrace.broker.shard.PartitionView;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All work queues that this broker leads: follows which shards it leads, and what groups there are.
 * Thread-safe; no method blocks.
 */
public final class QueueDrivers implements QueueControl {

    private final LocalShards shards;
    private final LocalPartitions partitions;
    private final Redirects redirects;
    private final QueueContext context;
    private final Map<Integer, LedQueues> led = new ConcurrentHashMap<>();
    private volatile QueueIndex index;
    private volatile GroupsImage groups;
    private volatile Map<String, ?> topics;

    /**
     * @param image what the cluster map says now; {@link #imageChanged} hears of changes
     * @param partitions finds partitions by the names that members use
     * @param deadLetters where records go that are given up
     * @param loops runs the turns of queues, which do not block
     * @param reading runs reads from the disk
     */
    public QueueDrivers(
            Supplier<ClusterImage> image,
            LocalShards shards,
            LocalPartitions partitions,
            Redirects redirects,
            DeadLetterSink deadLetters,
            Executor loops,
            Executor reading,
            Clock clock,
            LongSupplier nanoTime,
            ReceiveLimits limits,
            ReceiveListener listener) {
        this.shards = shards;
        this.partitions = partitions;
        this.redirects = redirects;
        this.context =
                new QueueContext(
                        deadLetters,
                        loops,
                        reading,
                        clock,
                        nanoTime,
                        limits,
                        listener,
                        new AtomicLong());
        imageChanged(image.get());
        shards.onAdded(this::follow);
        shards.onRemoved(this::endWhatIsGone);
    }

    /** The cluster map is another. */
    public void imageChanged(ClusterImage image) {
        if (image.groups() == groups && image.topics() == topics) {
            return;
        }
        index = QueueIndex.of(image);
        groups = image.groups();
        topics = image.topics();
        led.values().forEach(LedQueues::review);
    }

    /** To be called about every 100 ms: leases run out, delayed records become due. */
    public void tick() {
        for (LedQueues queues : led.values()) {
            if (queues.shard().shard().leadingTerm() == queues.term()) {
                queues.tick();
            } else {
                end(queues.shard(), queues.term());
            }
        }
    }

    @Override
    public Optional<QueueStatistics> statistics(QueueKey key) {
        return Optional.ofNullable(driver(key)).map(QueueDriver::statistics);
    }

    @Override
    public CompletableFuture<Integer> resume(long groupId) {
        CompletableFuture<Integer> count = CompletableFuture.completedFuture(0);
        for (LedQueues queues : led.values()) {
            count = count.thenCombine(queues.resume(groupId), Integer::sum);
        }
        return count;
    }

    @Override
    public CompletableFuture<RedriveResult> redrive(QueueKey key, OffsetSet offsets) {
        for (LedQueues queues : led.values()) {
            if (queues.shard().view().partition(key.partitionId()) != null) {
                return queues.redrive(key, offsets);
            }
        }
        return CompletableFuture.failedFuture(
                MillraceException.of(
                        ErrorCode.NOT_LEADER,
                        "partition id %d is not led by this broker; refresh the cluster map"
                                .formatted(key.partitionId())));
    }

    /** How the groups stand here, by name. */
    public Collection<QueueReading> readings() {
        Map<String, QueueReading> byGroup = new TreeMap<>();
        for (LedQueues queues : led.values()) {
            for (QueueDriver driver : queues.drivers()) {
                QueueReading one =
                        QueueReading.of(driver.source().group().name(), driver.statistics());
                byGroup.merge(one.group(), one, QueueReading::plus);
            }
        }
        return byGroup.values();
    }

    /**
     * The group of a name, in queue mode.
     *
     * @throws MillraceException if there is none
     */
    GroupImage group(String name) {
        GroupImage group =
                groups.find(name)
                        .orElseThrow(
                                () ->
                                        MillraceException.of(
                                                        ErrorCode.UNKNOWN_GROUP,
                                                        "there is no group \"%s\"; attend it first"
                                                                .formatted(name))
                                                .with("group", name));
        if (!group.queue()) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group \"%s\" is in stream mode: subscribe as its member, or take a group in queue mode"
                                    .formatted(name))
                    .with("field", "group");
        }
        return group;
    }

    /**
     * Lets a member receive from a partition.
     *
     * @return the queue; the member is attached when it completes. Fails if that cannot be, with
     *     NOT_LEADER and where to turn to if the partition is led elsewhere
     */
    CompletableFuture<QueueDriver> open(
            GroupImage group, ReceptionStart.Part part, Receiver receiver) {
        try {
            Place place = partitions.place(part.topic(), part.topicId(), part.partition());
            LedQueues queues = led.get(place.shard().shard().id());
            if (queues == null || queues.shard() != place.shard()) {
                throw redirects.notLeading(part.name(), place.shard().shard().id());
            }
            return queues.open(
                    new QueueSource(group, part.topic(), place.view(), place.shard()),
                    part.fromFirst(),
                    receiver);
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private QueueDriver driver(QueueKey key) {
        for (LedQueues queues : led.values()) {
            QueueDriver driver = queues.driver(key);
            if (driver != null) {
                return driver;
            }
        }
        return null;
    }

    private void follow(LocalShard shard) {
        shard.view().addListener(new Watch(shard));
        long term = shard.shard().leadingTerm();
        if (term != 0) {
            begin(shard, term);
        }
    }

    private synchronized void begin(LocalShard shard, long term) {
        LedQueues before = led.get(shard.shard().id());
        if (before != null && before.shard() == shard && before.term() >= term) {
            return;
        }
        if (before != null) {
            end(before.shard(), before.term());
        }
        LedQueues queues = new LedQueues(shard, term, context, () -> index);
        led.put(shard.shard().id(), queues);
        queues.review();
    }

    private synchronized void end(LocalShard shard, long term) {
        LedQueues queues = led.get(shard.shard().id());
        if (queues != null && queues.shard() == shard && queues.term() <= term) {
            led.remove(shard.shard().id());
            int number = shard.shard().id();
            queues.end(
                    redirects.toLeader(
                            MillraceException.of(
                                    ErrorCode.NOT_LEADER,
                                    "this broker does not lead shard %d any more; refresh the cluster map and turn to its leader"
                                            .formatted(number)),
                            number));
        }
    }

    private void endWhatIsGone() {
        List<LedQueues> gone = new ArrayList<>(led.values());
        gone.removeIf(queues -> shards.has(queues.shard()));
        gone.forEach(queues -> end(queues.shard(), queues.term()));
    }

    /** What the queues of a shard have to hear. Called on the apply thread. */
    private final class Watch implements DataShardListener {

        private final LocalShard shard;

        Watch(LocalShard shard) {
            this.shard = shard;
        }

        @Override
        public void leaderStarted(long term) {
            begin(shard, term);
        }

        @Override
        public void leaderStopped() {
            end(shard, Long.MAX_VALUE);
        }

        @Override
        public void queueChanged(QueueKey key) {
            LedQueues queues = led.get(shard.shard().id());
            if (queues != null) {
                queues.changed(key);
            }
        }

        @Override
        public void partitionDeleted(PartitionView partition) {
            LedQueues queues = led.get(shard.shard().id());
            if (queues != null) {
                queues.review();
            }
        }
    }
}
