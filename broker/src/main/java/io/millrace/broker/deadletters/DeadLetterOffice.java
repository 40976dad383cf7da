package io.millrace.broker.deadletters;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.receiving.DeadLetterSink;
import io.millrace.broker.receiving.QueueControl;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A broker's part in all dead letters, put together. */
public final class DeadLetterOffice {

    private final Groups groups;
    private final DeadLetterTopics topics;
    private final LocalPartitions partitions;
    private final Redirects redirects;
    private final RemoteDeadLetters remote;
    private final Executor reading;
    private final LongSupplier nanoTime;
    private final CopyMemory memory = new CopyMemory();
    private final CopyAppender copies;
    private final DeadLetterSink sink;

    /**
     * What is asked of a broker.
     *
     * @param copies writes copies that other brokers send
     * @param records has records delivered again that other brokers name
     * @param letters is what people ask
     */
    public record Desks(CopyAppender copies, RecordRedrives records, DeadLetters letters) {}

    /**
     * @param createTopic creates a topic; completes when it takes records and the image shows it
     * @param reading runs tasks that read from the disk
     */
    public DeadLetterOffice(
            Supplier<ClusterImage> image,
            Function<CreateTopicRequest, CompletableFuture<CreateTopicResponse>> createTopic,
            LocalPartitions partitions,
            Redirects redirects,
            RemoteDeadLetters remote,
            Executor reading,
            Clock clock,
            LongSupplier nanoTime) {
        this.groups = new Groups(image);
        this.topics = new DeadLetterTopics(image, createTopic);
        this.partitions = partitions;
        this.redirects = redirects;
        this.remote = remote;
        this.reading = reading;
        this.nanoTime = nanoTime;
        this.copies = new CopyAppender(groups, partitions, memory, nanoTime);
        this.sink =
                new DeadLetterWriter(topics, partitions, copies, redirects, remote, reading, clock);
    }

    /** Where the queues led here put what is given up. */
    public DeadLetterSink sink() {
        return sink;
    }

    /**
     * What others may ask. To be called once.
     *
     * @param queues those led here
     */
    public Desks open(QueueControl queues) {
        RecordRedrives records = new RecordRedrives(groups, partitions, queues, redirects, remote);
        LocalDeadLetters local =
                new LocalDeadLetters(partitions, redirects, memory, records, reading, nanoTime);
        return new Desks(
                copies,
                records,
                new DeadLetters(groups, topics, partitions, local, redirects, remote));
    }
}
