package io.millrace.broker.deadletters;

import com.google.protobuf.UnsafeByteOperations;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.receiving.DeadLetter;
import io.millrace.broker.receiving.DeadLetterSink;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.v1.AppendDeadLetterRequest;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Copies records that are given up to the dead-letter topic of their group, wherever its leader is.
 * Thread-safe; no method blocks.
 */
public final class DeadLetterWriter implements DeadLetterSink {

    /** More than creating a topic and asking another broker take by themselves. */
    private static final int LIMIT_S = 40;

    private final DeadLetterTopics topics;
    private final LocalPartitions partitions;
    private final CopyAppender local;
    private final Redirects redirects;
    private final RemoteDeadLetters remote;
    private final Executor encoding;
    private final Clock clock;

    /**
     * @param local writes what this broker leads
     * @param encoding builds batches
     */
    public DeadLetterWriter(
            DeadLetterTopics topics,
            LocalPartitions partitions,
            CopyAppender local,
            Redirects redirects,
            RemoteDeadLetters remote,
            Executor encoding,
            Clock clock) {
        this.topics = topics;
        this.partitions = partitions;
        this.local = local;
        this.redirects = redirects;
        this.remote = remote;
        this.encoding = encoding;
        this.clock = clock;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Fails with a MillraceException, BATCH_TOO_LARGE if the copy does not fit into the topic
     * however it is compressed.
     */
    @Override
    public CompletableFuture<Void> copy(DeadLetter letter) {
        DeadLetterCopy copy = DeadLetterCopy.of(letter, clock.millis());
        String group = letter.group().name();
        return topics.ensure(group, copy.origin())
                .thenComposeAsync(topic -> append(group, topic, copy), encoding)
                .orTimeout(LIMIT_S, TimeUnit.SECONDS)
                .handle(
                        (offset, failure) -> {
                            if (failure != null) {
                                throw Failures.known(failure);
                            }
                            return null;
                        });
    }

    private CompletableFuture<Long> append(String group, TopicImage topic, DeadLetterCopy copy) {
        int partition = partitionOf(copy.origin(), topic.partitions().size());
        int shard = topic.partitions().get(partition).shard();
        AppendDeadLetterRequest request =
                AppendDeadLetterRequest.newBuilder()
                        .setGroup(group)
                        .setTopicId(topic.topicId())
                        .setPartition(partition)
                        .setBatch(UnsafeByteOperations.unsafeWrap(CopyBatch.of(copy, topic)))
                        .build();
        String address = partitions.leads(shard) ? "" : redirects.leaderAddress(shard);
        return (address.isEmpty() ? local.append(request) : remote.append(address, request))
                .thenApply(appended -> appended.getOffset());
    }

    /** All copies of a record go to one partition, as long as the topic is not grown. */
    static int partitionOf(DeadLetterOrigin origin, int count) {
        return Math.floorMod(
                Long.hashCode(origin.topicId()) * 31 + Integer.hashCode(origin.partition()), count);
    }
}
