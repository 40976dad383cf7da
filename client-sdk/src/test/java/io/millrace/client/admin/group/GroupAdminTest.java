package io.millrace.client.admin.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.fake.Scripted;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.batch.Header;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.protocol.error.WriteOutcome;
import io.millrace.v1.DeadLetterHeader;
import io.millrace.v1.DeadLetterRefusal;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.GroupMember;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListDeadLettersResponse;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupAdminTest {
    private FakeCluster cluster;
    private MillraceClient client;
    private GroupAdmin groups;
    private Scripted script;

    /** On a busy machine the first call of a JVM, which loads all classes, takes seconds. */
    @BeforeAll
    static void loadClasses() throws IOException {
        try (FakeCluster one = new FakeCluster(2, 1);
                MillraceClient first = MillraceClient.connect(one.servers())) {
            one.script().answer(ListGroupsResponse.getDefaultInstance());
            assertThat(first.admin().groups().list()).isEmpty();
        }
    }

    @BeforeEach
    void open() throws IOException {
        cluster = new FakeCluster(2, 1);
        client =
                MillraceClient.builder()
                        .servers(cluster.servers())
                        .requestTimeout(Duration.ofSeconds(5))
                        .build();
        groups = client.admin().groups();
        script = cluster.script();
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void shouldListAllPages() {
        script.answer(
                        ListGroupsResponse.newBuilder()
                                .addGroups(
                                        GroupSummary.newBuilder()
                                                .setName("a")
                                                .setGroupId(7)
                                                .setMode(io.millrace.v1.GroupMode.GROUP_MODE_QUEUE)
                                                .setShard(3)
                                                .setCoordinatorNode(2))
                                .setNextPageToken("a")
                                .build())
                .answer(
                        ListGroupsResponse.newBuilder()
                                .addGroups(GroupSummary.newBuilder().setName("b"))
                                .build());
        assertThat(groups.list())
                .containsExactly(
                        new GroupInfo("a", 7, GroupMode.QUEUE, 3, 2),
                        new GroupInfo("b", 0, GroupMode.STREAM, 0, 0));
        assertThat(script.last(ListGroupsRequest.class).getPageToken()).isEqualTo("a");
    }

    @Test
    void shouldTellWhatIsKnownFromWhatIsNot() {
        script.answer(
                DescribeGroupResponse.newBuilder()
                        .setGroup(GroupSummary.newBuilder().setName("a"))
                        .setGroupEpoch(9)
                        .setPaused(true)
                        .putConfig("assignor", "range")
                        .addMembers(
                                GroupMember.newBuilder()
                                        .setMemberId("m")
                                        .setMemberEpoch(4)
                                        .setClientAddress("h:1")
                                        .addTopics("t.*")
                                        .setWeight(100)
                                        .setSilentMs(12)
                                        .setLeaseMs(10_000))
                        .addPartitions(
                                io.millrace.v1.GroupPartition.newBuilder()
                                        .setTopic("t")
                                        .setPartition(0)
                                        .setCommittedOffset(0)
                                        .setLogEndOffset(5)
                                        .setLagRecords(5)
                                        .setLagMs(0)
                                        .setVerdict(io.millrace.v1.Verdict.VERDICT_MOVING))
                        .addPartitions(
                                io.millrace.v1.GroupPartition.newBuilder()
                                        .setTopic("t")
                                        .setPartition(1)
                                        .setVerdictValue(99)
                                        .setEvidence("new")
                                        .setAdvice("do"))
                        .setLeftOut(
                                io.millrace.v1.LeftOutTopics.newBuilder()
                                        .setCount(2)
                                        .addTopics("x")
                                        .setMaxPartitions(10))
                        .build());
        GroupDescription it = groups.describe("a");
        assertThat(script.last(DescribeGroupRequest.class).getGroup()).isEqualTo("a");
        assertThat(it.paused()).isTrue();
        assertThat(it.config()).isEqualTo(Map.of("assignor", "range"));
        assertThat(it.members())
                .containsExactly(
                        new MemberInfo("m", 4, "", "", "h:1", List.of("t.*"), 100, "", 12, 10_000));
        assertThat(it.partitions().get(0).committedOffset()).isZero();
        assertThat(it.partitions().get(0).lagMs()).isZero();
        assertThat(it.partitions().get(0).verdict()).isEqualTo(Verdict.MOVING);
        assertThat(it.partitions().get(1).committedOffset()).isNull();
        assertThat(it.partitions().get(1).logEndOffset()).isNull();
        assertThat(it.partitions().get(1).lagRecords()).isNull();
        assertThat(it.partitions().get(1).lagMs()).isNull();
        assertThat(it.partitions().get(1).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(it.leftOut()).isEqualTo(new LeftOutTopics(2, List.of("x"), 10));
    }

    @Test
    void shouldKnowEveryVerdict() {
        for (io.millrace.v1.Verdict wire : io.millrace.v1.Verdict.values()) {
            if (wire != io.millrace.v1.Verdict.UNRECOGNIZED && wire.getNumber() > 0) {
                script.answer(
                        DescribeGroupResponse.newBuilder()
                                .addPartitions(
                                        io.millrace.v1.GroupPartition.newBuilder().setVerdict(wire))
                                .build());
                assertThat("VERDICT_" + groups.describe("a").partitions().get(0).verdict())
                        .isEqualTo(wire.name());
            }
        }
    }

    @Test
    void shouldSeekToAllKindsOfPlaces() {
        script.answer(
                SeekGroupResponse.newBuilder()
                        .setSeekId(3)
                        .setObstacle("busy")
                        .addMoves(io.millrace.v1.SeekMove.newBuilder().setTopic("t").setToOffset(8))
                        .build());
        SeekResult done =
                groups.seek(
                        "a",
                        List.of(
                                SeekTarget.topic("t", SeekPoint.at(Position.earliest())),
                                SeekTarget.topic("t", SeekPoint.at(Position.latest())),
                                SeekTarget.partition("t", 0, SeekPoint.at(Position.offset(8))),
                                SeekTarget.partition(
                                        "t",
                                        1,
                                        SeekPoint.at(Position.time(Instant.ofEpochMilli(77)))),
                                SeekTarget.topic("t", SeekPoint.shift(-10)),
                                SeekTarget.topic("t", SeekPoint.asGroup("b")),
                                SeekTarget.topic("t", SeekPoint.forget())),
                        "me");
        assertThat(done)
                .isEqualTo(new SeekResult(3, List.of(new SeekMove("t", 0, null, 8L)), "busy"));
        SeekGroupRequest asked = script.last(SeekGroupRequest.class);
        assertThat(asked.getValidateOnly()).isFalse();
        assertThat(asked.getReason()).isEqualTo("me");
        assertThat(asked.getTargets(0).getPosition().getEarliest()).isTrue();
        assertThat(asked.getTargets(0).hasPartition()).isFalse();
        assertThat(asked.getTargets(1).getPosition().getLatest()).isTrue();
        assertThat(asked.getTargets(2).getPosition().getOffset()).isEqualTo(8);
        assertThat(asked.getTargets(2).hasPartition()).isTrue();
        assertThat(asked.getTargets(3).getPosition().getTimestampMs()).isEqualTo(77);
        assertThat(asked.getTargets(4).getShift()).isEqualTo(-10);
        assertThat(asked.getTargets(5).getAsGroup()).isEqualTo("b");
        assertThat(asked.getTargets(6).getForget()).isTrue();
    }

    @Test
    void shouldUndoWhatTheLogTells() {
        DescribeGroupResponse described =
                DescribeGroupResponse.newBuilder()
                        .addSeeks(
                                io.millrace.v1.SeekLogEntry.newBuilder()
                                        .setSeekId(5)
                                        .addMoves(
                                                io.millrace.v1.SeekMove.newBuilder()
                                                        .setTopic("t")
                                                        .setFromOffset(4)
                                                        .setToOffset(0))
                                        .addMoves(
                                                io.millrace.v1.SeekMove.newBuilder()
                                                        .setTopic("t")
                                                        .setPartition(1)
                                                        .setToOffset(0)))
                        .build();
        script.answer(described).answer(SeekGroupResponse.getDefaultInstance());
        groups.plan().undo("a", 5, "");
        SeekGroupRequest asked = script.last(SeekGroupRequest.class);
        assertThat(asked.getValidateOnly()).isTrue();
        assertThat(asked.getReason()).isEqualTo("undo of seek 5");
        assertThat(asked.getTargets(0).getPosition().getOffset()).isEqualTo(4);
        assertThat(asked.getTargets(0).hasPartition()).isTrue();
        assertThat(asked.getTargets(1).getForget()).isTrue();
        assertThat(asked.getTargets(1).getPartition()).isEqualTo(1);
        script.answer(described);
        assertFails(() -> groups.undo("a", 6, ""), ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void shouldRepeatWhatIsIdempotentWhenAnAnswerIsLost() {
        MillraceException lost = MillraceException.of(ErrorCode.OUTCOME_UNKNOWN, "lost");
        script.fail(lost).answer(PauseGroupResponse.getDefaultInstance());
        groups.pause("a");
        assertThat(script.requests()).hasSize(2);
        assertThat(script.last(PauseGroupRequest.class).getPaused()).isTrue();
        script.fail(lost).answer(SetGroupResponse.getDefaultInstance());
        groups.set("a", GroupMode.QUEUE, Map.of("x", "1"), List.of("y"));
        assertThat(script.requests()).hasSize(4);
        SetGroupRequest set = script.last(SetGroupRequest.class);
        assertThat(set.getMode()).isEqualTo(io.millrace.v1.GroupMode.GROUP_MODE_QUEUE);
        assertThat(set.getConfigMap()).isEqualTo(Map.of("x", "1"));
        assertThat(set.getResetList()).containsExactly("y");
    }

    @Test
    void shouldNotRepeatASeekOrADeletionWhoseAnswerIsLost() {
        MillraceException lost = MillraceException.of(ErrorCode.OUTCOME_UNKNOWN, "lost");
        script.fail(lost).fail(lost);
        List<SeekTarget> targets = List.of(SeekTarget.topic("t", SeekPoint.shift(1)));
        assertThatThrownBy(() -> groups.seek("a", targets, ""))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.outcome()).isEqualTo(WriteOutcome.UNKNOWN));
        assertFails(() -> groups.delete("a"), ErrorCode.OUTCOME_UNKNOWN);
        assertThat(script.requests()).hasSize(2);
        // To only look at it is harmless.
        script.fail(lost).answer(DeleteGroupResponse.getDefaultInstance());
        groups.plan().delete("a");
        assertThat(script.last(DeleteGroupRequest.class).getValidateOnly()).isTrue();
    }

    @Test
    void shouldOnlyLookWhetherThereIsAGroupToPauseWhenPlanning() {
        script.answer(DescribeGroupResponse.getDefaultInstance())
                .fail(MillraceException.of(ErrorCode.UNKNOWN_GROUP, "none"));
        client.admin().plan().groups().pause("a");
        assertThat(script.last(DescribeGroupRequest.class).getGroup()).isEqualTo("a");
        assertFails(() -> groups.plan().resume("b"), ErrorCode.UNKNOWN_GROUP);
    }

    @Test
    void shouldReadDeadLettersAndSettleThem() {
        script.answer(
                ListDeadLettersResponse.newBuilder()
                        .addDeadLetters(
                                io.millrace.v1.DeadLetter.newBuilder()
                                        .setTopic("t")
                                        .setPartition(1)
                                        .setOffset(42)
                                        .setDeadLetterOffset(6)
                                        .setTimeMs(99)
                                        .setDeliveryCount(10)
                                        .setReason("no")
                                        .setKey(ByteString.copyFromUtf8("k"))
                                        .setValueStart(ByteString.copyFromUtf8("v"))
                                        .setValueBytes(3)
                                        .addHeaders(DeadLetterHeader.newBuilder().setName("empty")))
                        .setNextPageToken("n")
                        .setTotal(12)
                        .build());
        DeadLetterPage page = groups.deadLetters("a", 1, "p");
        assertThat(script.last(ListDeadLettersRequest.class).getPageSize()).isEqualTo(1);
        assertThat(script.last(ListDeadLettersRequest.class).getPageToken()).isEqualTo("p");
        assertThat(page.total()).isEqualTo(12);
        assertThat(page.nextPageToken()).isEqualTo("n");
        DeadLetter letter = page.deadLetters().get(0);
        assertThat(letter.name()).hasToString("0:6");
        assertThat(letter.offset()).isEqualTo(42);
        assertThat(letter.key()).isEqualTo("k".getBytes(StandardCharsets.UTF_8));
        assertThat(letter.headers()).extracting(Header::value).containsExactly((byte[]) null);

        script.answer(
                RedriveDeadLettersResponse.newBuilder()
                        .setCount(0)
                        .addRefused(
                                DeadLetterRefusal.newBuilder()
                                        .setDeadLetter(
                                                io.millrace.v1.DeadLetterName.newBuilder()
                                                        .setOffset(6))
                                        .setError(
                                                WireError.toDetail(
                                                        MillraceException.of(
                                                                ErrorCode.UNKNOWN_TOPIC, "gone"))))
                        .build());
        RedriveResult redriven = groups.redrive("a", List.of(letter.name()));
        assertThat(script.last(RedriveDeadLettersRequest.class).getDeadLetters(0).getOffset())
                .isEqualTo(6);
        assertThat(redriven.count()).isZero();
        assertThat(redriven.refused().get(0).name()).isEqualTo(letter.name());
        assertThat(redriven.refused().get(0).reason().code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC);

        script.answer(DropDeadLettersResponse.newBuilder().setCount(1).build());
        assertThat(groups.plan().drop("a", List.of())).isEqualTo(1);
        assertThat(script.last(DropDeadLettersRequest.class).getValidateOnly()).isTrue();
    }

    @Test
    void shouldAskAgainUntilABrokerIsThroughWithAllDeadLetters() {
        script.answer(RedriveDeadLettersResponse.newBuilder().setCount(5).setRemaining(3).build())
                .answer(RedriveDeadLettersResponse.newBuilder().setCount(3).build())
                .answer(DropDeadLettersResponse.newBuilder().setCount(2).setRemaining(1).build())
                .answer(DropDeadLettersResponse.newBuilder().setRemaining(1).build());

        assertThat(groups.redrive("a", List.of()).count()).isEqualTo(8);
        assertThat(groups.drop("a", List.of())).as("it ends if nothing moves").isEqualTo(2);
    }

    private static void assertFails(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
