package io.millrace.broker.deadletters;

import com.google.protobuf.UnsafeByteOperations;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.receiving.DeadLetter;
import io.millrace.broker.receiving.DeadLetterSink;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
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
                        .setBatch(UnsafeByteOperations.unsafeWrap(encode(topic, copy)))
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

    /**
     * As it is if it fits, else as small as can be: the origin's batch may have been compressed.
     */
    private static byte[] encode(TopicImage topic, DeadLetterCopy copy) {
        int limit = topic.config().maxBatchBytes();
        Record record = copy.asRecord();
        byte[] plain = build(record, Compression.NONE);
        byte[] batch = plain.length <= limit ? plain : build(record, Compression.ZSTD);
        if (batch.length > limit) {
            throw MillraceException.of(
                            ErrorCode.BATCH_TOO_LARGE,
                            "the copy of %s takes %d bytes, topic \"%s\" allows %d; raise it: millrace"
                                            .formatted(
                                                    copy.origin(),
                                                    batch.length,
                                                    topic.name(),
                                                    limit)
                                    + " topic set %s -c max.batch.bytes=8MiB, or trim the record away"
                                            .formatted(topic.name()))
                    .with("batch_bytes", batch.length)
                    .with("max.batch.bytes", limit);
        }
        return batch;
    }

    private static byte[] build(Record record, Compression compression) {
        return new RecordBatchBuilder().append(record).build(compression).withoutProducer();
    }
}
