package io.millrace.broker.groups;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.partition.LogReader;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueStatistics;
import io.millrace.broker.queue.QueueVerdict;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.shard.PartitionView;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.InspectedPartition;
import io.millrace.v1.InspectedQueue;
import io.millrace.v1.PartitionQuestion;
import io.millrace.v1.QueueStanding;
import io.millrace.v1.Verdict;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how the partitions that this broker leads stand with a group. Thread-safe. */
public final class PartitionInspector {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionInspector.class);

    /** Less than those who ask have patience for. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final LocalShards shards;
    private final LongFunction<Set<String>> heldBack;
    private final QueueControl queues;
    private final Executor reading;
    private final Clock clock;

    /**
     * @param heldBack the filters of subscriptions to a partition, by its id, whose tests are put
     *     off at the moment
     * @param reading runs tasks that read from the disk
     */
    public PartitionInspector(
            LocalShards shards,
            LongFunction<Set<String>> heldBack,
            QueueControl queues,
            Executor reading,
            Clock clock) {
        this.shards = shards;
        this.heldBack = heldBack;
        this.queues = queues;
        this.reading = reading;
        this.clock = clock;
    }

    /**
     * Looks at partitions. Those that are not led here, or whose leader is not sure of it within
     * some seconds, are left out. Does not block.
     */
    public CompletableFuture<InspectPartitionsResponse> inspect(InspectPartitionsRequest request) {
        if (request.getPartitionsCount() > GroupLimits.MAX_PARTITIONS) {
            throw SeekWish.invalid(
                    "partitions",
                    "partitions names %,d; at most %,d can be looked at at a time"
                            .formatted(request.getPartitionsCount(), GroupLimits.MAX_PARTITIONS));
        }
        Map<Long, OptionalLong> asked = new HashMap<>();
        for (PartitionQuestion one : request.getPartitionsList()) {
            asked.put(
                    one.getPartitionId(),
                    one.hasNextOffset()
                            ? OptionalLong.of(one.getNextOffset())
                            : OptionalLong.empty());
        }
        List<CompletableFuture<List<InspectedPartition>>> parts = new ArrayList<>();
        for (LocalShard shard : shards.dataShards()) {
            List<PartitionView> wanted =
                    shard.shard().leadingTerm() == 0
                            ? List.of()
                            : shard.view().partitions().stream()
                                    .filter(one -> isWanted(one, shard, asked, request))
                                    .toList();
            if (!wanted.isEmpty()) {
                parts.add(inspect(shard, wanted, asked, request.getGroupId()));
            }
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            InspectPartitionsResponse.Builder all =
                                    InspectPartitionsResponse.newBuilder();
                            parts.forEach(part -> all.addAllPartitions(part.join()));
                            return all.build();
                        });
    }

    private static boolean isWanted(
            PartitionView partition,
            LocalShard shard,
            Map<Long, OptionalLong> asked,
            InspectPartitionsRequest request) {
        long id = partition.partitionId();
        return asked.containsKey(id)
                || request.getQueues()
                        && shard.view().queue(new QueueKey(id, request.getGroupId())) != null;
    }

    private CompletableFuture<List<InspectedPartition>> inspect(
            LocalShard shard,
            List<PartitionView> wanted,
            Map<Long, OptionalLong> asked,
            long groupId) {
        return shard.barriers()
                .pass()
                .copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApplyAsync(
                        passed ->
                                wanted.stream()
                                        .filter(PartitionView::exists)
                                        .map(
                                                one ->
                                                        inspect(
                                                                shard,
                                                                one,
                                                                asked.getOrDefault(
                                                                        one.partitionId(),
                                                                        OptionalLong.empty()),
                                                                groupId))
                                        .toList(),
                        reading)
                .exceptionally(
                        unsure -> {
                            LOG.debug(
                                    "nothing is said of partitions shard={}: the leader does not"
                                            + " confirm their ends",
                                    shard.shard().id(),
                                    unsure);
                            return List.of();
                        });
    }

    private InspectedPartition inspect(
            LocalShard shard, PartitionView partition, OptionalLong next, long groupId) {
        long id = partition.partitionId();
        PartitionLog log = partition.log();
        long end = log.endOffset();
        long start = Math.min(log.startOffset(), end);
        InspectedPartition.Builder seen =
                InspectedPartition.newBuilder()
                        .setPartitionId(id)
                        .setLogStartOffset(start)
                        .setLogEndOffset(end)
                        .addAllHeldBackFilters(heldBack.apply(id));
        QueueKey key = new QueueKey(id, groupId);
        QueueProgress progress = shard.view().queue(key);
        OptionalLong first = next;
        if (progress != null) {
            seen.setQueue(queue(key, progress, start, end));
            first = OptionalLong.of(firstOpen(progress, start));
        }
        if (first.isPresent() && first.getAsLong() < end) {
            openForMs(shard, partition, Math.max(start, first.getAsLong()))
                    .ifPresent(seen::setOpenForMs);
        }
        return seen.build();
    }

    private InspectedQueue queue(QueueKey key, QueueProgress progress, long start, long end) {
        InspectedQueue.Builder queue =
                InspectedQueue.newBuilder()
                        .setWatermark(progress.watermark())
                        .setOpenRecords(open(progress, start, end));
        queues.statistics(key)
                .ifPresent(statistics -> queue.setStanding(standing(statistics, end)));
        return queue.build();
    }

    private static long open(QueueProgress progress, long start, long end) {
        long above =
                end
                        - Math.max(start, progress.watermark())
                        - progress.done().from(start).below(end).count();
        return Math.max(0, above) + progress.redriven().from(start).count();
    }

    private static long firstOpen(QueueProgress progress, long start) {
        return Math.min(
                progress.redriven().nextPresent(start),
                progress.done().nextAbsent(Math.max(start, progress.watermark())));
    }

    private QueueStanding standing(QueueStatistics statistics, long end) {
        QueueVerdict verdict = QueueVerdict.of(statistics, end, clock.millis());
        QueueStanding.Builder standing =
                QueueStanding.newBuilder()
                        .setVerdict(Verdict.valueOf("VERDICT_" + verdict.kind().name()))
                        .setEvidence(verdict.evidence())
                        .setBreakerOpen(statistics.breakerOpen());
        switch (verdict.kind()) {
            case LEASE_EXPIRED -> standing.setRecord(statistics.mostExpiredOffset());
            case NOT_COMMITTING -> standing.setRecord(statistics.floor());
            default -> {
                // no record is at fault
            }
        }
        return standing.build();
    }

    private OptionalLong openForMs(LocalShard shard, PartitionView partition, long offset) {
        try (LogReader reader = partition.log().reader(offset)) {
            List<StoredBatch> batches = reader.read(1);
            return batches.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(0, clock.millis() - batches.get(0).appendTimeMs()));
        } catch (LogReader.CorruptLogException e) {
            shard.view().corruptionFound(partition.partitionId(), e);
            return OptionalLong.empty();
        } catch (IOException | IllegalArgumentException goneOrMissing) {
            // Trimmed meanwhile, or not here: how old it is remains unknown.
            return OptionalLong.empty();
        }
    }

    /** Lets the queues of a group go on that are led here and have stopped themselves. */
    CompletableFuture<Integer> resumeQueues(long groupId) {
        return queues.resume(groupId);
    }
}
