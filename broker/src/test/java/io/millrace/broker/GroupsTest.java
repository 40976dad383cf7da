package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.choice.ChoicePolicy;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterOptions;
import io.millrace.client.cluster.ServerList;
import io.millrace.client.group.CommitPosition;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.GroupSubscriberBuilder;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.ReceivedRecord;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Assignment;
import io.millrace.v1.CommitOffsets;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.Join;
import io.millrace.v1.MemberRequest;
import io.millrace.v1.MemberResponse;
import io.millrace.v1.ReleasePartitions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups of a whole broker in this process, over gRPC, with the members of the SDK. */
@Timeout(240)
final class GroupsTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir private Path directory;
    private Broker broker;
    private MillraceClient client;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
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
        cluster =
                Cluster.open(
                        new ClusterOptions(
                                ServerList.parse(broker.clientAddress()),
                                "groups",
                                Duration.ofSeconds(5),
                                ChoicePolicy.adaptive(new Random(1)),
                                Map.of()));
    }

    @AfterEach
    void stop() {
        cluster.close();
        client.close();
        broker.close();
    }

    @Test
    void shouldShareTheWorkAndGoOnWhereItWasCommitted() {
        client.admin().createTopic(new NewTopic("orders", 4));
        publish("orders", 0, 200);
        Set<String> seen = new HashSet<>();
        try (GroupSubscriber first = member("orders").build()) {
            take(first, seen, 200);
            try (GroupSubscriber second = member("orders").build()) {
                await().pollInSameThread()
                        .atMost(LONG)
                        .until(
                                () -> {
                                    poll(first, seen);
                                    poll(second, seen);
                                    return first.assignment().size() == 2
                                            && second.assignment().size() == 2;
                                });
                publish("orders", 200, 400);
                await().pollInSameThread()
                        .atMost(LONG)
                        .until(
                                () -> {
                                    poll(first, seen);
                                    poll(second, seen);
                                    return seen.size() == 400;
                                });
                first.commit();
                second.commit();
            }
            await().pollInSameThread()
                    .atMost(LONG)
                    .until(
                            () -> {
                                poll(first, seen);
                                return first.assignment().size() == 4;
                            });
        }
        publish("orders", 400, 410);
        Set<String> later = new HashSet<>();
        try (GroupSubscriber third = member("orders").build()) {
            take(third, later, 10);
        }
        assertThat(later).doesNotContainAnyElementsOf(seen);
    }

    @Test
    void shouldPickUpTopicsThatComeLater() {
        client.admin().createTopic(new NewTopic("a.1", 1));
        Set<String> seen = new HashSet<>();
        try (GroupSubscriber member = member("a.*").build()) {
            publish("a.1", 0, 5);
            take(member, seen, 5);
            client.admin().createTopic(new NewTopic("a.2", 2));
            publish("a.2", 5, 10);
            take(member, seen, 10);
            assertThat(member.assignment()).hasSize(3);
            client.admin().deleteTopic("a.1");
            await().pollInSameThread()
                    .atMost(LONG)
                    .until(
                            () -> {
                                member.poll(SOON);
                                return member.assignment().size() == 2;
                            });
        }
    }

    @Test
    void shouldRefuseToCommitWhatIsNotThere() {
        client.admin().createTopic(new NewTopic("orders", 1));
        publish("orders", 0, 3);
        TopicPartition first = new TopicPartition("orders", 0);
        try (GroupSubscriber member = member("orders").build()) {
            take(member, new HashSet<>(), 3);
            member.commit(Map.of(first, new CommitPosition(3, "all")));
            assertThatThrownBy(() -> member.commit(Map.of(first, new CommitPosition(4, "more"))))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
                                assertThat(e.metadata()).containsEntry("field", "offset");
                            });
        }
    }

    @Test
    void shouldTakeHundredsOfMembersAtOnceAndServeTheirCommits() {
        client.admin().createTopic(new NewTopic("orders", 100));
        ManagedChannel channel =
                Grpc.newChannelBuilder(broker.clientAddress(), InsecureChannelCredentials.create())
                        .build();
        try {
            List<RawMember> members =
                    IntStream.range(0, 300).mapToObj(i -> new RawMember("m" + i)).toList();
            members.forEach(member -> member.attend(GroupServiceGrpc.newStub(channel)));
            await().pollInSameThread()
                    .atMost(LONG)
                    .until(
                            () -> {
                                members.forEach(RawMember::obey);
                                return members.stream().mapToInt(RawMember::heldCount).sum() == 100
                                        && members.stream().noneMatch(m -> m.heldCount() > 1);
                            });
            members.forEach(RawMember::commit);
            await().atMost(LONG).until(() -> members.stream().allMatch(RawMember::isAnswered));
            assertThat(members).allSatisfy(member -> assertThat(member.problem).isNull());
        } finally {
            channel.shutdownNow();
        }
    }

    /** Does what it is told, without the SDK. */
    private static final class RawMember implements StreamObserver<MemberResponse> {

        private final String id;
        private StreamObserver<MemberRequest> requests;
        private volatile Assignment told = Assignment.getDefaultInstance();
        private Assignment obeyed;
        private volatile long answered = -1;
        private volatile Object problem;
        private long sent = -1;

        RawMember(String id) {
            this.id = id;
        }

        void attend(GroupServiceGrpc.GroupServiceStub stub) {
            requests = stub.attend(this);
            requests.onNext(
                    MemberRequest.newBuilder()
                            .setJoin(
                                    Join.newBuilder()
                                            .setProtocolVersion(1)
                                            .setGroup("crowd")
                                            .setMemberId(id)
                                            .addTopics("orders")
                                            .setLeaseMs(60_000))
                            .build());
        }

        int heldCount() {
            return told.getHeldCount();
        }

        void obey() {
            Assignment now = told;
            if (now == obeyed) {
                return;
            }
            obeyed = now;
            if (now.getRevokedCount() > 0) {
                ReleasePartitions.Builder release = ReleasePartitions.newBuilder();
                now.getRevokedList()
                        .forEach(
                                one ->
                                        release.addPartitions(
                                                CommittedOffset.newBuilder()
                                                        .setPartition(one.getPartition())
                                                        .setOffset(-1)));
                requests.onNext(
                        MemberRequest.newBuilder()
                                .setRelease(release.setCorrelationId(++sent))
                                .build());
            }
        }

        void commit() {
            CommitOffsets.Builder commit = CommitOffsets.newBuilder();
            told.getHeldList()
                    .forEach(
                            one ->
                                    commit.addOffsets(
                                            CommittedOffset.newBuilder()
                                                    .setPartition(one.getPartition())));
            if (commit.getOffsetsCount() > 0) {
                requests.onNext(
                        MemberRequest.newBuilder()
                                .setCommit(commit.setCorrelationId(++sent))
                                .build());
            }
        }

        boolean isAnswered() {
            return answered == sent;
        }

        @Override
        public void onNext(MemberResponse response) {
            switch (response.getResponseCase()) {
                case ASSIGNMENT -> told = response.getAssignment();
                case COMMITTED -> {
                    answered = Math.max(answered, response.getCommitted().getCorrelationId());
                    if (response.getCommitted().getRefusedCount() > 0) {
                        problem = response;
                    }
                }
                case END -> problem = response;
                default -> {}
            }
        }

        @Override
        public void onError(Throwable error) {
            problem = error;
        }

        @Override
        public void onCompleted() {}
    }

    private GroupSubscriberBuilder member(String topics) {
        return new GroupSubscriberBuilder(cluster, "billing")
                .topics(topics)
                .start(StartPolicy.EARLIEST);
    }

    private static void take(GroupSubscriber member, Set<String> seen, int count) {
        await().pollInSameThread()
                .atMost(LONG)
                .until(
                        () -> {
                            poll(member, seen);
                            return seen.size() >= count;
                        });
        assertThat(seen).hasSize(count);
    }

    private static void poll(GroupSubscriber member, Set<String> seen) {
        for (ReceivedRecord record : member.poll(SOON)) {
            seen.add(record.valueText());
        }
    }

    private void publish(String topic, int from, int to) {
        List<Object> acks = new ArrayList<>();
        try (Publisher publisher = client.newPublisher().open()) {
            IntStream.range(from, to)
                    .mapToObj(i -> OutgoingRecord.of(topic, "k" + i, "v" + i))
                    .map(publisher::publish)
                    .toList()
                    .forEach(stored -> acks.add(stored.join()));
        }
        assertThat(acks).hasSize(to - from);
    }
}
