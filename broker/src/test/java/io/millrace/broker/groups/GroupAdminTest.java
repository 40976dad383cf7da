package io.millrace.broker.groups;

import static io.millrace.broker.groups.GroupsOfOneBroker.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.GroupCommand.ExpireMembers;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.MemberStay;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupMember;
import io.millrace.v1.GroupMode;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GroupAdminTest {

    private GroupsOfOneBroker groups;

    @BeforeEach
    void start() throws IOException {
        groups = new GroupsOfOneBroker();
        groups.broker.create("orders", 2);
    }

    @Test
    void shouldListGroupsInPages() {
        List.of("c", "a", "b").forEach(name -> groups.create(name, name.equals("b")));

        ListGroupsResponse first =
                groups.admin.list(ListGroupsRequest.newBuilder().setPageSize(2).build());
        ListGroupsResponse second =
                groups.admin.list(
                        ListGroupsRequest.newBuilder()
                                .setPageSize(2)
                                .setPageToken(first.getNextPageToken())
                                .build());

        assertThat(first.getGroupsList())
                .extracting(GroupSummary::getName)
                .containsExactly("a", "b");
        assertThat(first.getGroups(1).getMode()).isEqualTo(GroupMode.GROUP_MODE_QUEUE);
        assertThat(first.getGroups(1).getCoordinatorNode()).isEqualTo(1);
        assertThat(second.getGroupsList()).extracting(GroupSummary::getName).containsExactly("c");
        assertThat(second.getNextPageToken()).isEmpty();
        assertRefused(
                () -> groups.admin.list(ListGroupsRequest.newBuilder().setPageSize(1_001).build()),
                ErrorCode.INVALID_ARGUMENT,
                "page_size is 1001; it must be 0 to 1000");
    }

    @Test
    void shouldDescribeMembersAndSettings() {
        groups.create("billing", false);
        groups.join("billing", "a", "ord*");

        DescribeGroupResponse described = groups.describe("billing");
        GroupMember member = described.getMembers(0);
        assertThat(member.getMemberId()).isEqualTo("a");
        assertThat(member.getClientAddress()).isEqualTo("host:1");
        assertThat(member.getTopicsList()).containsExactly("ord*");
        assertThat(member.getSilentMs()).isEqualTo(1_000);
        assertThat(member.getLeaseMs()).isEqualTo(10_000);
        assertThat(described.getConfigMap()).containsEntry("assignor", "sticky");
        assertThat(described.getPartitionsCount()).isEqualTo(2);
        assertThat(described.getGroupEpoch()).isEqualTo(groups.state("billing").groupEpoch());
    }

    @Test
    void shouldOfferTheGroupThatWasProbablyMeant() {
        groups.create("billing", false);
        assertRefused(
                () -> groups.describe("biling"),
                ErrorCode.UNKNOWN_GROUP,
                "there is no group \"biling\"; did you mean \"billing\"?");
        assertRefused(
                () -> groups.describe("audit"), ErrorCode.UNKNOWN_GROUP, "millrace group list");
        assertRefused(
                () -> groups.describe("a b"),
                ErrorCode.INVALID_GROUP,
                "group name \"a?b\" has U+0020 at position 1; group names match [A-Za-z0-9._-]{1,249}");
        assertRefused(
                () -> groups.describe(""), ErrorCode.INVALID_GROUP, "group name \"\" is empty");
    }

    @Test
    void shouldPauseAndResume() {
        groups.create("billing", false);
        pause("billing", true);
        assertThat(groups.state("billing").paused()).isTrue();
        pause("billing", true);
        pause("billing", false);
        assertThat(groups.state("billing").paused()).isFalse();
        assertThat(groups.resumed).isEmpty();
    }

    @Test
    void shouldLetQueuesGoOnWhenTheirGroupIsResumed() {
        groups.create("work", true);
        pause("work", true);
        assertThat(groups.resumed).isEmpty();
        pause("work", false);
        assertThat(groups.resumed).containsExactly(groups.image("work").groupId());
    }

    @Test
    void shouldCreateAGroupWithSettingsAndChangeThem() {
        SetGroupResponse created =
                groups.admin
                        .set(
                                set("work")
                                        .setMode(GroupMode.GROUP_MODE_QUEUE)
                                        .putConfig("max.deliveries", "3")
                                        .build())
                        .join();
        assertThat(created.getGroup().getMode()).isEqualTo(GroupMode.GROUP_MODE_QUEUE);
        assertThat(created.getConfigMap())
                .containsEntry("max.deliveries", "3")
                .containsEntry("lease.ms", "10000");
        assertThat(groups.state("work").config().maxDeliveries()).isEqualTo(3);

        groups.admin
                .set(set("work").putConfig("lease.ms", "20s").addReset("max.deliveries").build())
                .join();
        assertThat(groups.state("work").config().maxDeliveries()).isEqualTo(10);
        assertThat(groups.state("work").config().leaseMs()).isEqualTo(20_000);
    }

    @Test
    void shouldOnlyCheckSettings() {
        SetGroupResponse planned =
                groups.admin
                        .set(set("work").putConfig("lease.ms", "20s").setValidateOnly(true).build())
                        .join();
        assertThat(planned.getConfigMap()).containsEntry("lease.ms", "20000");
        assertThat(planned.getGroup().getMode()).isEqualTo(GroupMode.GROUP_MODE_STREAM);
        assertThat(groups.map().groups().byName()).isEmpty();
    }

    @Test
    void shouldRefuseSettingsThatAreNone() {
        groups.create("work", true);
        assertRefused(
                () -> groups.admin.set(set("work").putConfig("leas.ms", "1s").build()),
                ErrorCode.INVALID_GROUP,
                "lease.ms");
        assertRefused(
                () -> groups.admin.set(set("work").putConfig("lease.ms", "1ms").build()),
                ErrorCode.INVALID_GROUP,
                "lease.ms");
        assertRefused(
                () -> groups.admin.set(set("new").addReset("leas.ms").build()),
                ErrorCode.INVALID_GROUP,
                "lease.ms");
        assertRefused(
                () -> groups.admin.set(set("work").setMode(GroupMode.GROUP_MODE_STREAM).build()),
                ErrorCode.INVALID_GROUP,
                "is in queue mode");
        assertRefused(
                () -> groups.admin.set(set("work").setModeValue(77).build()),
                ErrorCode.INVALID_ARGUMENT,
                "upgrade the broker");
    }

    @Test
    void shouldDeleteAGroupOnlyWithoutMembers() {
        groups.create("billing", false);
        for (String member : List.of("a", "b", "c", "d")) {
            groups.join("billing", member, "orders");
        }
        assertThat(failureOf(groups.admin.delete(delete("billing", false), false)))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.GROUP_IN_USE);
                            assertThat(e)
                                    .hasMessageContaining(
                                            "has 4 members (a, b, c, …); stop them first");
                        });

        groups.create("audit", false);
        MemberStay only = groups.join("audit", "a", "orders");
        assertThat(failureOf(groups.admin.delete(delete("audit", false), false)))
                .hasMessageContaining("has 1 member (a); stop them first");
        groups.apply(new ExpireMembers(groups.image("audit").groupId(), List.of(only)));
        groups.admin.delete(delete("audit", true), false).join();
        assertThat(groups.map().groups().find("audit")).isPresent();
        groups.admin.delete(delete("audit", false), false).join();
        assertThat(groups.map().groups().find("audit")).isEmpty();
        assertRefused(
                () -> groups.admin.delete(delete("audit", false), false),
                ErrorCode.UNKNOWN_GROUP,
                "there is no group");
    }

    /** Coordinated by another broker: what it alone can do is passed on, once. */
    @Test
    void shouldPassOnWhatTheCoordinatorMustDo() {
        String group = elsewhere();

        groups.describe(group);
        pause(group, true);
        groups.admin.delete(delete(group, false), false).join();

        assertThat(groups.remote.asked)
                .containsExactly(
                        "other:7400 describe " + group,
                        "other:7400 pause " + group,
                        "other:7400 check " + group);
        assertThat(groups.map().groups().find(group)).isEmpty();
    }

    @Test
    void shouldNotPassOnWhatAnotherBrokerAsks() {
        String group = elsewhere();

        for (MillraceException refused :
                List.of(
                        failureOf(
                                groups.admin.describe(
                                        DescribeGroupRequest.newBuilder().setGroup(group).build(),
                                        true)),
                        failureOf(
                                groups.admin.pause(
                                        PauseGroupRequest.newBuilder().setGroup(group).build(),
                                        true)),
                        failureOf(groups.admin.delete(delete(group, true), true)))) {
            assertThat(refused.code()).isEqualTo(ErrorCode.NOT_LEADER);
            assertThat(refused.leader()).contains("other:7400");
        }
        assertThat(groups.remote.asked).isEmpty();
    }

    @Test
    void shouldCallAGroupThatTheCoordinatorHasNotHeardOfNotReadyAndNotUnknown() {
        String group = elsewhere();
        groups.remote.failure = ErrorCode.UNKNOWN_GROUP;

        assertThat(
                        failureOf(
                                        groups.admin.pause(
                                                PauseGroupRequest.newBuilder()
                                                        .setGroup(group)
                                                        .build(),
                                                false))
                                .code())
                .isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
    }

    /** Nothing here, nobody there: an empty answer would look like a group that does nothing. */
    @Test
    void shouldFailWhereNothingIsKnownOfAGroup() {
        String group = elsewhere();
        groups.remote.failure = ErrorCode.NOT_READY;

        assertThat(
                        failureOf(
                                        groups.admin.describe(
                                                DescribeGroupRequest.newBuilder()
                                                        .setGroup(group)
                                                        .build(),
                                                false))
                                .code())
                .isEqualTo(ErrorCode.NOT_READY);
    }

    @Test
    void shouldAskTheLeadersOfPartitionsElsewhere() {
        groups.create("a", false);
        groups.create("b", false);
        String here = groups.image("a").shard() == shardOf(0) ? "a" : "b";
        groups.join(here, "m", "orders");
        groups.commit(here, "orders", 1, 90);
        groups.broker.register(2, "other");
        groups.broker.moveAway(shardOf(1), 2);

        DescribeGroupResponse described = groups.describe(here);
        assertThat(groups.remote.asked).containsExactly("other:7400 inspect 1");
        assertThat(described.getPartitions(1).getLagRecords()).isEqualTo(10);
        assertThat(described.getPartitions(1).getLagMs()).isEqualTo(7_000);
        assertThat(described.getPartitions(0).hasLogEndOffset()).isTrue();
    }

    @Test
    void shouldResumeQueuesOnAllBrokersThatLeadSome() {
        groups.create("a", true);
        groups.create("b", true);
        String here = groups.image("a").shard() == shardOf(0) ? "a" : "b";
        groups.broker.register(2, "other");
        groups.broker.moveAway(shardOf(1), 2);

        pause(here, false);
        long id = groups.image(here).groupId();
        assertThat(groups.resumed).containsExactly(id);
        assertThat(groups.remote.asked).containsExactly("other:7400 resume queues of " + id);
    }

    @Test
    void shouldAnswerWhatIsPausedAlready() {
        groups.create("billing", false);
        groups.apply(new PauseGroup(groups.image("billing").groupId(), true));
        pause("billing", true);
        assertThat(groups.state("billing").paused()).isTrue();
    }

    /** Makes a group, and another broker its coordinator. */
    private String elsewhere() {
        groups.create("away", false);
        groups.broker.register(2, "other");
        groups.broker.moveAway(groups.image("away").shard(), 2);
        return "away";
    }

    private int shardOf(int number) {
        return groups.map().topic("orders").orElseThrow().partitions().get(number).shard();
    }

    private void pause(String group, boolean paused) {
        groups.admin
                .pause(
                        PauseGroupRequest.newBuilder().setGroup(group).setPaused(paused).build(),
                        false)
                .join();
    }

    private static SetGroupRequest.Builder set(String group) {
        return SetGroupRequest.newBuilder().setGroup(group);
    }

    private static DeleteGroupRequest delete(String group, boolean validateOnly) {
        return DeleteGroupRequest.newBuilder()
                .setGroup(group)
                .setValidateOnly(validateOnly)
                .build();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
