package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatch;
import io.millrace.v1.Credit;
import io.millrace.v1.DeliveredRecord;
import io.millrace.v1.GroupMode;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.Join;
import io.millrace.v1.ListDeadLettersRequest;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group in queue mode on a whole broker, over gRPC and without an SDK. */
final class WorkQueueTest {

    @TempDir private Path directory;
    private Broker broker;
    private MillraceClient client;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        open();
        client.admin().createTopic(new NewTopic("jobs", 2));
    }

    private void open() throws IOException {
        broker =
                Broker.start(
                        BrokerConfig.of(
                                Map.of(
                                        "data-dir", directory.resolve("data").toString(),
                                        "listen.client-port", "0",
                                        "listen.peer-port", "0",
                                        "listen.http-port", "0",
                                        "wal.segment-bytes", "16MiB",
                                        "wal.cap-bytes", "128MiB",
                                        "stop-grace-ms", "5s")));
        client = MillraceClient.connect(broker.clientAddress());
        channel =
                Grpc.newChannelBuilder(broker.clientAddress(), InsecureChannelCredentials.create())
                        .build();
    }

    @AfterEach
    void stop() {
        client.close();
        channel.shutdownNow();
        broker.close();
    }

    /** What comes on a stream. */
    private static final class Inbox<T> implements StreamObserver<T> {

        final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
        volatile boolean over;

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            over = true;
        }

        @Override
        public void onCompleted() {
            over = true;
        }

        T next() throws InterruptedException {
            T message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message within 20 s").isNotNull();
            return message;
        }
    }

    /** A member that receives from both partitions. */
    private final class Worker {

        final Inbox<MemberResponse> stay = new Inbox<>();
        final Inbox<ReceiveResponse> inbox = new Inbox<>();
        final StreamObserver<ReceiveRequest> requests;
        private long correlation;

        Worker(String memberId) throws InterruptedException {
            GroupServiceGrpc.newStub(channel)
                    .attend(stay)
                    .onNext(
                            MemberRequest.newBuilder()
                                    .setJoin(
                                            Join.newBuilder()
                                                    .setProtocolVersion(1)
                                                    .setGroup("workers")
                                                    .setMemberId(memberId)
                                                    .addTopics("jobs")
                                                    .setMode(GroupMode.GROUP_MODE_QUEUE))
                                    .build());
            long epoch = stay.next().getJoined().getMemberEpoch();
            requests = QueueServiceGrpc.newStub(channel).receive(inbox);
            requests.onNext(
                    ReceiveRequest.newBuilder()
                            .setStart(
                                    ReceiveStart.newBuilder()
                                            .setProtocolVersion(1)
                                            .setGroup("workers")
                                            .setMemberId(memberId)
                                            .setMemberEpoch(epoch)
                                            .addPartitions(partition(0))
                                            .addPartitions(partition(1))
                                            .setInitialCredit(
                                                    Credit.newBuilder()
                                                            .setRecords(10_000)
                                                            .setBytes(1 << 20)))
                            .build());
            assertThat(inbox.next().hasStarted()).isTrue();
        }

        private QueuePartition partition(int number) {
            return QueuePartition.newBuilder()
                    .setHandle(number)
                    .setTopic("jobs")
                    .setPartition(number)
                    .build();
        }

        ReceiveResponse nextOfInterest() throws InterruptedException {
            ReceiveResponse response = inbox.next();
            while (response.hasHeartbeat()) {
                response = inbox.next();
            }
            return response;
        }

        /** Settles what is delivered until the values are all there; waits for the answers. */
        List<String> work(int count, Fate fate) throws InterruptedException {
            List<String> values = new ArrayList<>();
            int unanswered = 0;
            while (values.size() < count || unanswered > 0) {
                ReceiveResponse response = nextOfInterest();
                if (response.hasSettled()) {
                    assertThat(response.getSettled().getRefusedList()).isEmpty();
                    unanswered--;
                } else {
                    settle(response.getDelivery(), fate, values);
                    unanswered++;
                }
            }
            return values;
        }

        private void settle(QueueDelivery delivery, Fate fate, List<String> values) {
            List<Record> records =
                    RecordBatch.validated(delivery.getBatch().asReadOnlyByteBuffer()).records();
            Settle.Builder settle = Settle.newBuilder().setCorrelationId(++correlation);
            for (DeliveredRecord one : delivery.getRecordsList()) {
                int index = (int) (one.getOffset() - delivery.getBaseOffset());
                values.add(new String(records.get(index).value(), StandardCharsets.UTF_8));
                settle.addSettlements(
                        Settlement.newBuilder()
                                .setHandle(delivery.getHandle())
                                .setOffset(one.getOffset())
                                .setDeliveryId(one.getDeliveryId())
                                .setFate(fate));
            }
            requests.onNext(ReceiveRequest.newBuilder().setSettle(settle).build());
        }
    }

    private void publish(int from, int to) {
        try (Publisher publisher = client.openPublisher()) {
            for (int i = from; i < to; i++) {
                publisher.publish(OutgoingRecord.of("jobs", "k" + i % 50, Integer.toString(i)));
            }
            publisher.flush();
        }
    }

    @Test
    void shouldDeliverEachRecordOnceAndRememberItOverARestart() throws Exception {
        Worker worker = new Worker("a");
        publish(0, 500);
        assertThat(worker.work(500, Fate.FATE_ACK)).doesNotHaveDuplicates().hasSize(500);

        publish(500, 510);
        ReceiveResponse unsettled = worker.nextOfInterest();
        assertThat(unsettled.hasDelivery()).isTrue();
        stop();
        open();
        Worker next = new Worker("b");
        assertThat(next.work(10, Fate.FATE_ACK))
                .extracting(Integer::parseInt)
                .allMatch(value -> value >= 500)
                .hasSize(10);
    }

    @Test
    void shouldPutRejectedRecordsIntoTheDeadLetters() throws Exception {
        Worker worker = new Worker("a");
        publish(0, 3);
        worker.work(3, Fate.FATE_REJECT);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () ->
                                assertThat(
                                                QueueServiceGrpc.newBlockingStub(channel)
                                                        .listDeadLetters(
                                                                ListDeadLettersRequest.newBuilder()
                                                                        .setGroup("workers")
                                                                        .build())
                                                        .getTotal())
                                        .isEqualTo(3));
        assertThat(client.admin().describeTopic("workers.dlq").partitions()).hasSize(1);
    }
}
