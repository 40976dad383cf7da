package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupPartition;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.GroupServiceGrpc.GroupServiceBlockingStub;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.Position;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SeekMove;
import io.millrace.v1.SeekTarget;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The unary calls of the group service, over gRPC, at each of three brokers: only one of them
 * coordinates the group, and the partitions are led by all.
 */
@Timeout(180)
final class GroupAdministrationTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String GROUP = "billing";

    @TempDir private Path directory;
    private ThreeBrokers brokers;
    private MillraceClient client;
    private final List<ManagedChannel> channels = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        brokers = ThreeBrokers.start(directory);
        client = brokers.client(1);
        for (int node = 1; node <= 3; node++) {
            channels.add(
                    NettyChannelBuilder.forTarget(brokers.broker(node).clientAddress())
                            .usePlaintext()
                            .build());
        }
        client.admin().createTopic(new NewTopic("orders", 3));
        try (Publisher publisher = client.newPublisher().open()) {
            for (int i = 0; i < 30; i++) {
                publisher
                        .publish(
                                OutgoingRecord.to("orders").partition(i % 3).value("v" + i).build())
                        .join();
            }
        }
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        client.close();
        brokers.close();
    }

    @Test
    void shouldAdministerAGroupAtAnyBroker() {
        shouldCreateAndListGroups();
        try (GroupSubscriber member =
                client.group(GROUP).topics("orders").start(StartPolicy.EARLIEST).build()) {
            takeAll(member);
            shouldDescribeTheSame();
            shouldNotSeekOrDeleteWhatIsInUse();
            shouldPauseAndResume();
        }
        shouldSeekAndUndo();
        shouldDelete("made-by-1");
        shouldExplainThatNobodyLeads();
    }

    private void shouldCreateAndListGroups() {
        for (int node = 1; node <= 3; node++) {
            String name = "made-by-" + node;
            at(node).setGroup(
                            SetGroupRequest.newBuilder()
                                    .setGroup(name)
                                    .putConfig("lease.ms", "20s")
                                    .build());
            assertThat(at(node).listGroups(ListGroupsRequest.getDefaultInstance()).getGroupsList())
                    .extracting(GroupSummary::getName)
                    .contains(name);
            assertThat(describe(node, name).getConfigMap()).containsEntry("lease.ms", "20000");
        }
    }

    private void takeAll(GroupSubscriber member) {
        int[] taken = new int[1];
        await().pollInSameThread()
                .atMost(LONG)
                .until(() -> (taken[0] += member.poll(SOON).size()) == 30);
        member.commit();
    }

    /** A leader that is slow to answer is left out of what is said: then it is asked again. */
    private void shouldDescribeTheSame() {
        await().atMost(LONG)
                .ignoreExceptionsMatching(
                        e -> WireError.fromThrowable(e).code() == ErrorCode.LEADER_UNAVAILABLE)
                .untilAsserted(this::describeTheSame);
    }

    private void describeTheSame() {
        for (int node = 1; node <= 3; node++) {
            DescribeGroupResponse described = describe(node, GROUP);
            assertThat(described.getMembersCount()).isEqualTo(1);
            assertThat(described.getGroup().getCoordinatorNode()).isBetween(1, 3);
            assertThat(described.getPartitionsList())
                    .hasSize(3)
                    .allSatisfy(
                            row -> {
                                assertThat(row.getVerdict())
                                        .as(row.getEvidence())
                                        .isEqualTo(Verdict.VERDICT_CAUGHT_UP);
                                assertThat(row.getLogEndOffset()).isEqualTo(10);
                                assertThat(row.getCommittedOffset()).isEqualTo(10);
                                assertThat(row.getLagRecords()).isZero();
                            });
        }
    }

    private void shouldNotSeekOrDeleteWhatIsInUse() {
        for (int node = 1; node <= 3; node++) {
            GroupServiceBlockingStub stub = at(node);
            assertRefused(() -> stub.seekGroup(seek(earliest(), false)), ErrorCode.GROUP_IN_USE);
            SeekGroupResponse planned = stub.seekGroup(seek(earliest(), true));
            assertThat(planned.getMovesList()).hasSize(3);
            assertThat(planned.getObstacle()).contains("`millrace group pause " + GROUP + "`");
            assertRefused(
                    () -> stub.deleteGroup(DeleteGroupRequest.newBuilder().setGroup(GROUP).build()),
                    ErrorCode.GROUP_IN_USE);
        }
    }

    private void shouldPauseAndResume() {
        for (int node = 1; node <= 3; node++) {
            pause(node, true);
            DescribeGroupResponse paused = describe(node % 3 + 1, GROUP);
            assertThat(paused.getPaused()).isTrue();
            assertThat(paused.getPartitionsList())
                    .extracting(GroupPartition::getVerdict)
                    .containsOnly(Verdict.VERDICT_PAUSED);
            pause(node, false);
            assertThat(describe(node % 3 + 1, GROUP).getPaused()).isFalse();
        }
    }

    private void shouldSeekAndUndo() {
        for (int node = 1; node <= 3; node++) {
            SeekGroupResponse planned = at(node).seekGroup(seek(earliest(), true));
            assertThat(planned.getSeekId()).isZero();
            SeekGroupResponse moved = at(node).seekGroup(seek(earliest(), false));
            assertThat(moved.getMovesList()).isEqualTo(planned.getMovesList());
            assertThat(moved.getMovesList())
                    .hasSize(3)
                    .allSatisfy(
                            move -> {
                                assertThat(move.getFromOffset()).isEqualTo(10);
                                assertThat(move.getToOffset()).isZero();
                            });
            DescribeGroupResponse described = describe(node % 3 + 1, GROUP);
            assertThat(described.getPartitionsList())
                    .allSatisfy(
                            row -> {
                                assertThat(row.getVerdict()).isEqualTo(Verdict.VERDICT_NO_MEMBER);
                                assertThat(row.getLagRecords()).isEqualTo(10);
                                assertThat(row.hasLagMs()).isTrue();
                            });
            assertThat(described.getSeeks(0).getSeekId()).isEqualTo(moved.getSeekId());

            SeekGroupRequest.Builder back = SeekGroupRequest.newBuilder().setGroup(GROUP);
            for (SeekMove move : moved.getMovesList()) {
                back.addTargets(
                        SeekTarget.newBuilder()
                                .setTopic(move.getTopic())
                                .setPartition(move.getPartition())
                                .setPosition(
                                        Position.newBuilder().setOffset(move.getFromOffset())));
            }
            at(node).seekGroup(back.build());
            assertThat(describe(node, GROUP).getPartitions(0).getCommittedOffset()).isEqualTo(10);
        }
    }

    private void shouldDelete(String group) {
        int node = describe(1, group).getGroup().getCoordinatorNode() % 3 + 1;
        at(node).deleteGroup(DeleteGroupRequest.newBuilder().setGroup(group).build());
        assertRefused(() -> describe(node, group), ErrorCode.UNKNOWN_GROUP);
    }

    /** The cluster has lost its majority: what is left says so, and does not keep one waiting. */
    private void shouldExplainThatNobodyLeads() {
        brokers.stop(2);
        brokers.stop(3);

        await().atMost(LONG)
                .ignoreExceptionsMatching(
                        e -> WireError.fromThrowable(e).code() == ErrorCode.LEADER_UNAVAILABLE)
                .untilAsserted(
                        () -> {
                            DescribeGroupResponse described = describe(1, GROUP);
                            assertThat(described.getPartitionsList())
                                    .hasSize(3)
                                    .allSatisfy(
                                            row -> {
                                                assertThat(row.getVerdict())
                                                        .isEqualTo(Verdict.VERDICT_NO_LEADER);
                                                assertThat(row.getAdvice())
                                                        .isEqualTo("millrace cluster shards");
                                                assertThat(row.getCommittedOffset()).isEqualTo(10);
                                                assertThat(row.hasLogEndOffset()).isFalse();
                                            });
                        });
    }

    private GroupServiceBlockingStub at(int node) {
        return GroupServiceGrpc.newBlockingStub(channels.get(node - 1))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private DescribeGroupResponse describe(int node, String group) {
        return at(node).describeGroup(DescribeGroupRequest.newBuilder().setGroup(group).build());
    }

    private void pause(int node, boolean paused) {
        at(node).pauseGroup(
                        PauseGroupRequest.newBuilder().setGroup(GROUP).setPaused(paused).build());
    }

    private static SeekGroupRequest seek(Position position, boolean validateOnly) {
        return SeekGroupRequest.newBuilder()
                .setGroup(GROUP)
                .addTargets(SeekTarget.newBuilder().setTopic("orders").setPosition(position))
                .setReason("tests")
                .setValidateOnly(validateOnly)
                .build();
    }

    private static Position earliest() {
        return Position.newBuilder().setEarliest(true).build();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(WireError.fromThrowable(e).code()).isEqualTo(code));
    }
}
