package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.millrace.broker.QueueMember.Delivered;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TrimPoint;
import io.millrace.client.admin.group.DeadLetter;
import io.millrace.client.admin.group.RedriveResult;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.AppendDeadLetterRequest;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.RedriveRecordsRequest;
import io.millrace.v1.Settlement.Fate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What becomes of poison records, whatever cluster it is. */
final class DeadLetterJourney {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> addresses;

    DeadLetterJourney(List<String> addresses) {
        this.addresses = addresses;
    }

    /** Poison, dead letter, listed by any broker, redriven, delivered afresh, acknowledged. */
    void redriveFromAnyBroker(String topic, String group) {
        publish(topic, 3);
        try (QueueMember member = new QueueMember(addresses, group, topic)) {
            for (int i = 0; i < 3; i++) {
                Delivered one = member.next();
                boolean poison = one.offset() == 1;
                member.settle(
                        one, poison ? Fate.FATE_REJECT : Fate.FATE_ACK, poison ? "bad date" : "");
            }
            DeadLetter letter = null;
            for (String address : addresses) {
                List<DeadLetter> found = list(address, group, 1);
                letter = found.get(0);
                assertThat(letter.topic()).isEqualTo(topic);
                assertThat(letter.offset()).isEqualTo(1);
                assertThat(letter.reason()).isEqualTo("bad date");
                assertThat(letter.deliveries()).isEqualTo(1);
                assertThat(new String(letter.valueStart(), StandardCharsets.UTF_8))
                        .isEqualTo("value 1");
                try (MillraceClient client = MillraceClient.connect(address)) {
                    assertThat(
                                    client.admin()
                                            .groups()
                                            .plan()
                                            .redrive(group, List.of(letter.name()))
                                            .count())
                            .isEqualTo(1);
                }
            }
            RedriveResult redriven = redrive(group, List.of());
            assertThat(redriven.count()).isEqualTo(1);
            assertThat(redriven.refused()).isEmpty();

            Delivered again = member.next();
            assertThat(again.offset()).isEqualTo(1);
            assertThat(again.count()).as("a fresh count").isEqualTo(1);
            member.settle(again, Fate.FATE_ACK, "");
            addresses.forEach(address -> list(address, group, 0));
            assertThat(redrive(group, List.of(letter)).count()).as("idempotent").isZero();
        }
    }

    /** One that is given up again is a dead letter again; dropped, it is none. */
    void dropWhatIsGivenUpAgain(String topic, String group) {
        publish(topic, 1);
        try (QueueMember member = new QueueMember(addresses, group, topic)) {
            member.settle(member.next(), Fate.FATE_REJECT, "first");
            list(addresses.get(0), group, 1);
            assertThat(redrive(group, List.of()).count()).isEqualTo(1);
            member.settle(member.next(), Fate.FATE_REJECT, "second");
            assertThat(list(addresses.get(0), group, 1).get(0).reason()).isEqualTo("second");
        }
        try (MillraceClient client = MillraceClient.connect(addresses.get(0))) {
            assertThat(client.admin().groups().drop(group, List.of())).isEqualTo(1);
            assertThat(client.admin().groups().drop(group, List.of())).isZero();
        }
        list(addresses.get(0), group, 0);
    }

    /** What was trimmed away cannot be delivered again, and stays until it is dropped. */
    void refuseWhatIsTrimmed(String topic, String group) {
        publish(topic, 2);
        try (QueueMember member = new QueueMember(addresses, group, topic)) {
            member.settle(member.next(), Fate.FATE_REJECT, "bad");
            member.settle(member.next(), Fate.FATE_REJECT, "bad");
        }
        list(addresses.get(0), group, 2);
        try (MillraceClient client = MillraceClient.connect(addresses.get(0))) {
            client.admin().trimTopic(topic, List.of(), TrimPoint.offset(1));
        }
        RedriveResult redriven = redrive(group, List.of());
        assertThat(redriven.count()).isEqualTo(1);
        assertThat(redriven.refused()).hasSize(1);
        assertThat(redriven.refused().get(0).reason().code())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        list(addresses.get(0), group, 1);
    }

    /** Nobody but brokers may write copies, or have records delivered again. */
    void refuseClientsWhatBrokersAsk() {
        ManagedChannel channel =
                Grpc.newChannelBuilder(addresses.get(0), InsecureChannelCredentials.create())
                        .build();
        QueueServiceGrpc.QueueServiceBlockingStub stub = QueueServiceGrpc.newBlockingStub(channel);
        for (Runnable call :
                List.<Runnable>of(
                        () -> stub.appendDeadLetter(AppendDeadLetterRequest.getDefaultInstance()),
                        () -> stub.redriveRecords(RedriveRecordsRequest.getDefaultInstance()))) {
            try {
                call.run();
                throw new AssertionError("it was not refused");
            } catch (StatusRuntimeException e) {
                MillraceException refused = WireError.fromThrowable(e);
                assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                assertThat(refused.getMessage()).contains("for brokers");
            }
        }
        channel.shutdownNow();
    }

    private void publish(String topic, int records) {
        try (MillraceClient client = MillraceClient.connect(addresses.get(0))) {
            client.admin().createTopic(new NewTopic(topic, 1));
            try (Publisher publisher = client.openPublisher()) {
                for (int i = 0; i < records; i++) {
                    publisher.publish(OutgoingRecord.of(topic, "key " + i, "value " + i));
                }
                publisher.flush();
            }
        }
    }

    /** The dead letters that a broker tells of, when there are so many. */
    private static List<DeadLetter> list(String address, String group, int count) {
        List<DeadLetter> found = new ArrayList<>();
        try (MillraceClient client = MillraceClient.connect(address)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                found.clear();
                                found.addAll(
                                        client.admin()
                                                .groups()
                                                .deadLetters(group, 100, "")
                                                .deadLetters());
                                assertThat(found).hasSize(count);
                            });
        }
        return found;
    }

    private RedriveResult redrive(String group, List<DeadLetter> letters) {
        String last = addresses.get(addresses.size() - 1);
        try (MillraceClient client = MillraceClient.connect(last)) {
            return client.admin()
                    .groups()
                    .redrive(group, letters.stream().map(DeadLetter::name).toList());
        }
    }
}
