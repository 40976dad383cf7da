package io.millrace.broker.deadletters;

import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.queue.DeadLetterWish;
import io.millrace.broker.queue.DeliveryMarks;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.queue.QueueSettlement;
import io.millrace.broker.receiving.DeadLetter;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.topics.OneBroker;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeadLetterName;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A broker in memory, and its group "billing", which gives up records of the topic "orders". */
final class GivingUpGroup {

    static final String DLQ = "billing.dlq";

    final OneBroker broker = new OneBroker();
    final AskedLeaders others = new AskedLeaders();
    final LedQueues queues = new LedQueues(broker.shards);
    final GroupImage group;
    long nanos;
    private DeadLetterOffice office;
    private DeadLetterOffice.Desks desks;

    GivingUpGroup() throws IOException {
        group = create("billing", true);
        broker.create("orders", 2);
        restart();
    }

    GroupImage create(String name, boolean queue) {
        return broker.controller.submit(new CreateGroup(name, queue, Map.of(), 1)).join();
    }

    /** Forgets what is in memory alone, as another leader has never known it. */
    void restart() {
        office =
                new DeadLetterOffice(
                        broker.controller.images()::current,
                        broker.admin::create,
                        broker.partitions,
                        broker.redirects,
                        others,
                        Runnable::run,
                        OneBroker.CLOCK,
                        () -> nanos);
        desks = office.open(queues);
    }

    DeadLetterOffice.Desks desks() {
        return desks;
    }

    /** Publishes records "value 0" and so on with keys. */
    void publish(int partition, int count) {
        for (int i = 0; i < count; i++) {
            append("orders", partition, record("value " + i));
        }
    }

    static Record record(String value) {
        return new Record(
                77,
                bytes("key"),
                bytes(value),
                List.of(Header.ofText("trace", "t1"), new Header("none", null)));
    }

    void append(String topic, int partition, Record... records) {
        AppendTarget target = broker.partitions.target(topic, 0, partition);
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (Record record : records) {
            builder.append(record);
        }
        byte[] batch = builder.build(Compression.NONE).withoutProducer();
        CompletableFuture<Long> stored = new CompletableFuture<>();
        target.append(target.leadingTerm(), ByteBuffer.wrap(batch), 1, new Stored(stored));
        stored.join();
    }

    private record Stored(CompletableFuture<Long> at) implements AppendTarget.AppendCallback {

        @Override
        public void stored(long baseOffset, long leaderEpoch, long appendTimeMs) {
            at.complete(baseOffset);
        }

        @Override
        public void duplicate(long baseOffset, long leaderEpoch, long appendTimeMs) {
            at.complete(baseOffset);
        }

        @Override
        public void refused(MillraceException reason) {
            at.completeExceptionally(reason);
        }
    }

    /** Copies records of a partition, then settles them, as their leader does. */
    void giveUp(int partition, long... offsets) {
        for (long offset : offsets) {
            copy(partition, offset, record("value " + offset)).join();
        }
        settle(partition, offsets);
    }

    CompletableFuture<Void> copy(int partition, long offset, Record record) {
        return copy(partition, offset, record, "bad date");
    }

    CompletableFuture<Void> copy(int partition, long offset, Record record, String words) {
        return office.sink()
                .copy(
                        new DeadLetter(
                                group,
                                "orders",
                                broker.partitions.topic("orders").topicId(),
                                partition,
                                new DeadLetterWish(
                                        offset, DeadLetterWish.Reason.REJECTED, 3, words, 0),
                                record));
    }

    void settle(int partition, long... offsets) {
        Place place = broker.partitions.place("orders", 0, partition);
        QueueKey key = new QueueKey(place.view().partitionId(), group.groupId());
        execute(place, new QueueCommand.OpenQueue(key, 0));
        QueueSettlement settlement =
                new QueueSettlement(
                        key, OffsetSet.EMPTY, OffsetSet.of(offsets), DeliveryMarks.EMPTY);
        execute(place, new QueueCommand.SettleRecords(List.of(settlement)));
    }

    private static void execute(Place place, QueueCommand command) {
        place.shard().writer().execute(new ChangeQueue(command), 1).join();
    }

    /** What the group has done of a partition. */
    QueueProgress progress(String topic, int partition) {
        Place place = broker.partitions.place(topic, 0, partition);
        return place.shard()
                .view()
                .queue(new QueueKey(place.view().partitionId(), group.groupId()));
    }

    long copies() {
        return broker.partitions.place(DLQ, 0, 0).view().log().endOffset();
    }

    ListDeadLettersResponse list() {
        return desks.letters()
                .list(ListDeadLettersRequest.newBuilder().setGroup("billing").build(), false)
                .join();
    }

    RedriveDeadLettersResponse redrive(long... offsets) {
        return redriving(offsets).join();
    }

    CompletableFuture<RedriveDeadLettersResponse> redriving(long... offsets) {
        RedriveDeadLettersRequest.Builder request =
                RedriveDeadLettersRequest.newBuilder().setGroup("billing");
        for (long offset : offsets) {
            request.addDeadLetters(DeadLetterName.newBuilder().setOffset(offset));
        }
        return desks.letters().redrive(request.build(), false);
    }

    DropDeadLettersResponse drop(long... offsets) {
        DropDeadLettersRequest.Builder request =
                DropDeadLettersRequest.newBuilder().setGroup("billing");
        for (long offset : offsets) {
            request.addDeadLetters(DeadLetterName.newBuilder().setOffset(offset));
        }
        return desks.letters().drop(request.build(), false).join();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a call is refused with, at once or later. */
    static MillraceException refusal(Refused call) {
        try {
            call.run();
        } catch (MillraceException e) {
            return e;
        } catch (CompletionException e) {
            return (MillraceException) e.getCause();
        }
        throw new AssertionError("it was not refused");
    }

    static ErrorCode codeOf(Refused call) {
        return refusal(call).code();
    }

    /** A call that is to be refused. */
    @FunctionalInterface
    interface Refused {
        void run();
    }
}
