package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.StandaloneBroker;
import io.millrace.v1.AssignedPartition;
import io.millrace.v1.CommittedOffset;
import io.millrace.v1.ErrorDetail;
import io.millrace.v1.HeldPartition;
import io.millrace.v1.Join;
import io.millrace.v1.MemberResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What members get wrong is refused with a sentence, and the broker goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = MINUTES)
class GroupBadInputTest {

    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 3;
    private static final int SHORT_LEASE_MS = 1_000;
    private static final int CROWD = 10_000;

    /** A connection on which more streams are reset in a short time is cut off. */
    private static final int CROWD_CONNECTIONS = 100;

    private static final int MAX_MEMBERS = 1_000;
    private static final int LOOPS = 200;

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    private StandaloneBroker broker;
    private MillraceClient client;
    private ManagedChannel channel;
    private int groups;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        broker = BROKERS.start(directory);
        client = MillraceClient.connect(broker.address());
        channel = connect();
        client.admin().createTopic(new NewTopic(TOPIC, PARTITIONS));
        try (Publisher publisher = client.openPublisher()) {
            for (int i = 0; i < RECORDS; i++) {
                publisher
                        .publish(OutgoingRecord.to(TOPIC).partition(0).value("record " + i).build())
                        .join();
            }
        }
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        client.close();
    }

    /** Whatever was tried, others can join and commit. */
    @AfterEach
    void shouldStillServe() throws Exception {
        RawMember other = RawMember.open(channel);
        other.joined(join("still-works-" + groups++, "m"));
        CommittedOffset.Builder offset = at(first(other.held(PARTITIONS)), 1);
        assertThat(other.commit(offset).getRefusedList()).isEmpty();
        other.vanish();
        assertThat(broker.isAlive()).isTrue();
    }

    static Stream<String> oddNames() {
        return Stream.of(
                "", ".", "..", "a/b", "../etc", "a b", "ä", "a\u0000b", "*", "x".repeat(250));
    }

    @ParameterizedTest
    @MethodSource("oddNames")
    void shouldRefuseOddGroupsAndMembers(String odd) throws Exception {
        assertThat(code(RawMember.open(channel).ask(join(odd, "m")).ended()))
                .isEqualTo(ErrorCode.INVALID_GROUP);
        if (!Set.of(".", "..").contains(odd)) {
            ErrorDetail refusal = RawMember.open(channel).ask(join("g", odd)).ended();
            assertThat(code(refusal)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(refusal.getMetadataMap()).containsEntry("field", "member_id");
        }
    }

    @Test
    void shouldRefuseJoinsThatMakeNoSense() throws Exception {
        assertThat(refusal(join("g", "m").clearTopics())).contains("topics");
        assertThat(refusal(join("g", "m").addTopics("a/b"))).contains("topic");
        assertThat(refusal(join("g", "m").setWeight(5_000))).contains("weight");
        assertThat(refusal(join("g", "m").setLeaseMs(5))).contains("lease");
        assertThat(refusal(join("g", "m").setRack("r".repeat(200)))).contains("rack");
        assertThat(refusal(join("g", "m").setInstanceId("a b"))).contains("instance");
        assertThat(refusal(join("g", "m").setModeValue(77))).contains("mode");
        ErrorDetail old = RawMember.open(channel).ask(join("g", "m").setProtocolVersion(9)).ended();
        assertThat(code(old)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        RawMember rude = RawMember.open(channel);
        rude.beat();
        assertThat(rude.ended().getMessage()).contains("Join");
    }

    @Test
    void shouldRefuseAnotherModeThanTheGroups() throws Exception {
        RawMember member = RawMember.open(channel);
        member.joined(join("modes", "m"));
        ErrorDetail refusal =
                RawMember.open(channel).ask(join("modes", "n").setModeValue(2)).ended();
        assertThat(code(refusal)).isEqualTo(ErrorCode.INVALID_GROUP);
    }

    @Test
    void shouldRefuseAnUnknownAssignor() {
        assertThatThrownBy(
                        () ->
                                client.admin()
                                        .groups()
                                        .set("odd", null, Map.of("assignor", "fair"), Set.of()))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.getMessage()).contains("assignor", "sticky"));
    }

    @Test
    void shouldRefuseCommitsThatCannotBe() throws Exception {
        RawMember one = RawMember.open(channel);
        one.joined(join("commits", "one"));
        AssignedPartition mine = first(one.held(PARTITIONS));

        assertThat(code(one.refused(at(mine, RECORDS + 1))))
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(code(one.refused(at(mine, Long.MAX_VALUE))))
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(code(one.refused(at(mine.toBuilder().setAssignmentEpoch(999).build(), 1))))
                .isEqualTo(ErrorCode.NOT_ASSIGNED);
        assertThat(code(one.refused(at(mine.toBuilder().setPartition(77).build(), 1))))
                .isEqualTo(ErrorCode.NOT_ASSIGNED);
        assertThat(code(one.refused(at(mine.toBuilder().setTopicId(4_711).build(), 1))))
                .isEqualTo(ErrorCode.NOT_ASSIGNED);
        assertThat(one.commit(at(mine, RECORDS)).getRefusedList()).isEmpty();

        RawMember two = RawMember.open(channel);
        two.joined(join("commits", "two"));
        assertThat(code(two.refused(at(mine, 1)))).isEqualTo(ErrorCode.NOT_ASSIGNED);
    }

    @Test
    void shouldEndTheStreamOnCommitsWithoutSense() throws Exception {
        RawMember one = RawMember.open(channel);
        one.joined(join("senseless", "one"));
        AssignedPartition mine = first(one.held(PARTITIONS));
        CommittedOffset.Builder wordy = at(mine, 1).setMetadata("x".repeat(5_000));
        assertThat(code(one.refused(wordy))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        one.ask(join("senseless", "one"));
        assertThat(code(one.ended())).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void shouldFenceTheFormerStayAndUnknownOnes() throws Exception {
        RawMember former = RawMember.open(channel);
        long epoch = former.joined(join("fenced", "m")).getMemberEpoch();
        AssignedPartition held = first(former.held(PARTITIONS));

        RawMember latter = RawMember.open(channel);
        latter.joined(join("fenced", "m"));
        assertThat(code(former.ended())).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(code(latter.refused(at(held, 1)))).isEqualTo(ErrorCode.NOT_ASSIGNED);

        assertThat(code(resume("fenced", "m", epoch))).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(code(resume("fenced", "m", 4_711))).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(code(resume("fenced", "nobody", epoch))).isEqualTo(ErrorCode.MEMBER_FENCED);
    }

    @Test
    void shouldTellAMemberThatWasSilentForTooLong() throws Exception {
        RawMember silent = RawMember.open(channel);
        long epoch = silent.joined(join("silent", "m").setLeaseMs(SHORT_LEASE_MS)).getMemberEpoch();
        AssignedPartition held = first(silent.held(PARTITIONS));
        RawMember other = RawMember.open(channel);
        other.joined(join("silent", "other"));

        // The other one has everything when the silent one has lost it.
        List<HeldPartition> all = other.held(PARTITIONS);

        assertThat(all).allMatch(it -> it.getPartition().getAssignmentEpoch() > 1);
        silent.beat();
        assertThat(code(silent.ended())).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(code(resume("silent", "m", epoch))).isEqualTo(ErrorCode.MEMBER_FENCED);
        assertThat(code(other.refused(at(held, 1)))).isEqualTo(ErrorCode.NOT_ASSIGNED);
    }

    /** None of them says goodbye. */
    @Test
    void shouldSurviveMembersThatJoinAndDieInALoop() throws Exception {
        for (int i = 0; i < LOOPS; i++) {
            ManagedChannel own = connect();
            RawMember.open(own).joined(join("loop", "m" + i).setLeaseMs(SHORT_LEASE_MS));
            own.shutdownNow();
        }
        RawMember survivor = RawMember.open(channel);
        survivor.joined(join("loop", "survivor"));

        assertThat(survivor.held(PARTITIONS)).hasSize(PARTITIONS);
    }

    @Test
    void shouldLetInAsManyAsThereIsRoomForAndRefuseTheOthers() throws Exception {
        List<ManagedChannel> channels = new ArrayList<>();
        List<RawMember> crowd = new ArrayList<>();
        long begin = System.nanoTime();
        try {
            for (int i = 0; i < CROWD_CONNECTIONS; i++) {
                channels.add(connect());
            }
            for (int i = 0; i < CROWD; i++) {
                RawMember member = RawMember.open(channels.get(i % CROWD_CONNECTIONS));
                crowd.add(member.ask(join("crowd", "m" + i).setLeaseMs(60_000)));
            }
            int joined = 0;
            int full = 0;
            for (RawMember member : crowd) {
                MemberResponse answer = member.next();
                if (answer.hasJoined()) {
                    joined++;
                } else {
                    assertThat(code(answer.getEnd().getError())).isEqualTo(ErrorCode.GROUP_FULL);
                    full++;
                }
            }
            assertThat(joined).isEqualTo(MAX_MEMBERS);
            assertThat(full).isEqualTo(CROWD - MAX_MEMBERS);
            System.err.printf(
                    "%,d members were answered in %.1f s%n",
                    CROWD, (System.nanoTime() - begin) / 1e9);
            // The first ones can still be heard.
            RawMember first = crowd.get(0);
            first.beat();
            await().until(() -> first.next().hasHeartbeat());
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private ManagedChannel connect() {
        return ManagedChannelBuilder.forTarget(broker.address()).usePlaintext().build();
    }

    private String refusal(Join.Builder join) throws InterruptedException {
        ErrorDetail refusal = RawMember.open(channel).ask(join).ended();
        assertThat(code(refusal)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        return refusal.getMetadataOrDefault("field", "");
    }

    private ErrorDetail resume(String group, String member, long epoch)
            throws InterruptedException {
        return RawMember.open(channel).ask(join(group, member).setMemberEpoch(epoch)).ended();
    }

    private static Join.Builder join(String group, String member) {
        return RawMember.join(group, member, TOPIC);
    }

    private static AssignedPartition first(List<HeldPartition> held) {
        return held.stream()
                .map(HeldPartition::getPartition)
                .filter(partition -> partition.getPartition() == 0)
                .findFirst()
                .orElseThrow();
    }

    private static CommittedOffset.Builder at(AssignedPartition partition, long offset) {
        return CommittedOffset.newBuilder().setPartition(partition).setOffset(offset);
    }

    private static ErrorCode code(ErrorDetail error) {
        return WireError.fromDetail(error).code();
    }
}
