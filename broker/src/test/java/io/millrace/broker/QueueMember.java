package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.GroupMode;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.Join;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.QueueDelivery;
import io.millrace.v1.QueuePartition;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.ReceiveResponse;
import io.millrace.v1.ReceiveStart;
import io.millrace.v1.Settle;
import io.millrace.v1.Settlement;
import io.millrace.v1.Settlement.Fate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member of a group in queue mode that speaks the protocol, and takes a topic's partition 0. */
final class QueueMember implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String group;
    private final String topic;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Deque<Delivered> delivered = new ArrayDeque<>();
    private Inbox<ReceiveResponse> inbox;
    private StreamObserver<ReceiveRequest> requests;
    private StreamObserver<MemberRequest> stay;
    private long epoch;
    private long correlation;

    /** What has come on a stream, or why it has ended. */
    private static final class Inbox<T> implements StreamObserver<T> {

        private final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            messages.add(WireError.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            messages.add(MillraceException.of(ErrorCode.INTERNAL, "the stream is over"));
        }

        @SuppressWarnings("unchecked")
        T next() {
            Object message;
            try {
                message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(message).as("a message within %s", PATIENCE).isNotNull();
            if (message instanceof MillraceException ended) {
                throw ended;
            }
            return (T) message;
        }
    }

    /** A record in delivery. */
    record Delivered(long offset, long deliveryId, int count, String value) {}

    /**
     * Joins and begins to receive.
     *
     * @param addresses of brokers, any of which may coordinate or lead
     */
    QueueMember(Collection<String> addresses, String group, String topic) {
        this.group = group;
        this.topic = topic;
        for (String address : addresses) {
            channels.add(
                    Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build());
        }
        await().atMost(PATIENCE).until(() -> channels.stream().anyMatch(this::join));
        await().atMost(PATIENCE).until(() -> channels.stream().anyMatch(this::receive));
    }

    /** Whether this broker coordinates the group. */
    private boolean join(ManagedChannel channel) {
        Inbox<MemberResponse> answers = new Inbox<>();
        stay = GroupServiceGrpc.newStub(channel).attend(answers);
        stay.onNext(
                MemberRequest.newBuilder()
                        .setJoin(
                                Join.newBuilder()
                                        .setProtocolVersion(1)
                                        .setGroup(group)
                                        .setMemberId("member")
                                        .addTopics(topic)
                                        .setLeaseMs(300_000)
                                        .setMode(GroupMode.GROUP_MODE_QUEUE))
                        .build());
        try {
            MemberResponse answer = answers.next();
            epoch = answer.getJoined().getMemberEpoch();
            return answer.hasJoined();
        } catch (MillraceException refused) {
            return false;
        }
    }

    /** Whether this broker leads the partition. */
    private boolean receive(ManagedChannel channel) {
        inbox = new Inbox<>();
        requests = QueueServiceGrpc.newStub(channel).receive(inbox);
        requests.onNext(
                ReceiveRequest.newBuilder()
                        .setStart(
                                ReceiveStart.newBuilder()
                                        .setProtocolVersion(1)
                                        .setGroup(group)
                                        .setMemberId("member")
                                        .setMemberEpoch(epoch)
                                        .addPartitions(QueuePartition.newBuilder().setTopic(topic))
                                        .setInitialCredit(
                                                Credit.newBuilder()
                                                        .setRecords(1_000)
                                                        .setBytes(1 << 20)))
                        .build());
        try {
            return inbox.next().hasStarted();
        } catch (MillraceException refused) {
            return false;
        }
    }

    /** The next record that is delivered. */
    Delivered next() {
        while (delivered.isEmpty()) {
            take(inbox.next());
        }
        return delivered.remove();
    }

    /** Settles a record and waits until that is durable. */
    void settle(Delivered record, Fate fate, String reason) {
        requests.onNext(
                ReceiveRequest.newBuilder()
                        .setSettle(
                                Settle.newBuilder()
                                        .setCorrelationId(++correlation)
                                        .addSettlements(
                                                Settlement.newBuilder()
                                                        .setOffset(record.offset())
                                                        .setDeliveryId(record.deliveryId())
                                                        .setFate(fate)
                                                        .setReason(reason)))
                        .build());
        ReceiveResponse answer = inbox.next();
        while (!answer.hasSettled()) {
            take(answer);
            answer = inbox.next();
        }
        assertThat(answer.getSettled().getRefusedList()).isEmpty();
    }

    private void take(ReceiveResponse response) {
        assertThat(response.hasEnd()).as("%s", response).isFalse();
        QueueDelivery delivery = response.getDelivery();
        if (!response.hasDelivery()) {
            return;
        }
        List<Record> records =
                RecordBatch.validated(delivery.getBatch().asReadOnlyByteBuffer()).records();
        for (DeliveredRecord one : delivery.getRecordsList()) {
            Record record = records.get((int) (one.getOffset() - delivery.getBaseOffset()));
            delivered.add(
                    new Delivered(
                            one.getOffset(),
                            one.getDeliveryId(),
                            one.getDeliveryCount(),
                            new String(record.value(), StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
