package io.millrace.cli.group;

import static io.millrace.cli.FakeGroups.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.cli.FakeGroups;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.LeftOutTopics;
import io.millrace.client.admin.group.MemberInfo;
import io.millrace.client.admin.group.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GroupVerbsTest {
    private static final String A = "3f2a8c11-0000-4000-8000-00000000000a";
    private static final String B = "3f2a8c11-0000-4000-8000-00000000000b";

    private final FakeAdmin cluster = new FakeAdmin();
    private final FakeGroups groups = cluster.groups();
    private final CommandFixture millrace = new CommandFixture().with(cluster);

    private static MemberInfo member(final String id, final String instance) {
        return new MemberInfo(
                id,
                4,
                instance,
                "shop",
                "10.0.0.7:5000",
                List.of("orders", "in.*"),
                100,
                "",
                1_234,
                10_000);
    }

    @Test
    void shouldListGroupsByName() {
        groups.put("b", GroupMode.QUEUE, List.of(), List.of());
        groups.put("a", GroupMode.STREAM, List.of(), List.of());
        assertThat(millrace.run("group", "list")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "GROUP  MODE    SHARD  COORDINATOR",
                        "a      stream      3  node 2",
                        "b      queue       3  node 2");
    }

    @Test
    void shouldDescribeHowFarAGroupIs() {
        groups.put(
                "a",
                GroupMode.STREAM,
                List.of(member(A, ""), member(B, "")),
                List.of(
                        partition("orders", 0, A, 90L),
                        partition("orders", 1, B, 97L),
                        partition("orders", 2, "", 100L)));
        assertThat(millrace.run("group", "describe", "a")).isZero();
        assertThat(millrace.out())
                .contains("members      2\n")
                .contains("lag          13 records, 1.5 s\n")
                // As much of the ids as tells them apart.
                .containsPattern("orders +0 +90 +100 +10 +1\\.5 +" + A + " +moving")
                .containsPattern("orders +2 +100 +100 +0 +1\\.5 +- +moving")
                .containsPattern("assignor +sticky");
    }

    @Test
    void shouldNotMakeUpALagThatIsNotKnown() {
        groups.put(
                "a",
                GroupMode.STREAM,
                List.of(member(A, "till-1")),
                List.of(partition("t", 0, A, 90L), partition("t", 1, A, null)));
        assertThat(millrace.run("group", "describe", "a")).isZero();
        assertThat(millrace.out())
                .contains("lag          unknown, unknown\n")
                .containsPattern("t +1 +- +100 +- +- +till-1");
    }

    @Test
    void shouldShowMembersAndWhatTheyHold() {
        groups.put(
                "a",
                GroupMode.STREAM,
                List.of(member(A, "till-1"), member(B, "")),
                List.of(partition("t", 0, A, 9L), partition("t", 1, A, 9L)));
        assertThat(millrace.run("group", "members", "a")).isZero();
        assertThat(millrace.out())
                .containsPattern("till-1 +2 +1\\.2 +10\\.0 +10\\.0\\.0\\.7:5000 +shop +orders in")
                .containsPattern("3f2a8c11[-0-9ab]* +0 +1\\.2");
        assertThat(millrace.run("group", "members", "a", "-o", "json")).isZero();
        assertThat(millrace.out()).contains("\"t/0\"").contains("\"silentMs\": 1234");
    }

    @Test
    void shouldNotCountPartitionsOfMembersOfAQueue() {
        groups.put("q", GroupMode.QUEUE, List.of(member(A, "till-1")), List.of());
        assertThat(millrace.run("group", "members", "q")).isZero();
        assertThat(millrace.out()).containsPattern("till-1 +- +1\\.2 +10\\.0");
        assertThat(millrace.run("group", "members", "q", "-o", "json")).isZero();
        assertThat(millrace.out()).contains("\"partitions\": null");
    }

    @Test
    void shouldExplainWhatDoesNotMoveAndFoldWhatDoes() {
        groups.put(
                "a",
                GroupMode.STREAM,
                List.of(member(A, "")),
                List.of(
                        partition("t", 0, A, 9L),
                        partition("t", 1, "", 9L, Verdict.NO_MEMBER, "nobody follows t", "join"),
                        partition("t", 2, "", 9L, Verdict.NO_MEMBER, "nobody follows t", "join"),
                        partition("t", 3, A, 9L, Verdict.OUT_OF_CREDIT, "full for 3 s", ""),
                        partition("t", 4, "", 9L, Verdict.NO_MEMBER, "nobody follows t", "join"),
                        partition("t", 5, A, 9L),
                        partition("t", 6, A, 100L, Verdict.CAUGHT_UP, "", "")));
        assertThat(millrace.run("group", "explain", "a")).isEqualTo(1);
        assertThat(millrace.out())
                .isEqualTo(
                        """
                        t/1-2,4: no member
                          nobody follows t
                          helps: join
                        t/3: out of credit
                          full for 3 s
                        1 partition caught up, 2 partitions moving
                        """);
    }

    @Test
    void shouldFindNothingToExplainInAGroupThatMoves() {
        groups.put("a", GroupMode.STREAM, List.of(), List.of(partition("t", 0, A, 9L)));
        assertThat(millrace.run("group", "explain", "a")).isZero();
        assertThat(millrace.out()).isEqualTo("1 partition moving\n");
    }

    @Test
    void shouldNameTheTopicsThatAreTooMany() {
        groups.put("a", GroupMode.STREAM, List.of(), List.of(partition("t", 0, A, 9L)));
        groups.leaveOut("a", new LeftOutTopics(9, List.of("in.a", "in.b"), 10_000));
        final String words = "in.a in.b and 7 more: a group follows at most 10,000 partitions\n";
        assertThat(millrace.run("group", "describe", "a")).isZero();
        assertThat(millrace.out()).contains("left out     " + words);
        assertThat(millrace.run("group", "explain", "a")).isEqualTo(1);
        assertThat(millrace.out())
                .contains("not followed: " + words)
                .endsWith("1 partition moving\n");
        groups.put("a", GroupMode.STREAM, List.of(member(A, "")), List.of());
        groups.leaveOut("a", new LeftOutTopics(1, List.of("in.a"), 10_000));
        assertThat(millrace.run("group", "explain", "a")).isEqualTo(1);
        assertThat(millrace.out())
                .contains("not followed: in.a: ")
                .doesNotContain("no topic matches");
    }

    @Test
    void shouldExplainMembersThatFollowNoTopicThereIs() {
        groups.put("a", GroupMode.STREAM, List.of(member(A, "")), List.of());
        assertThat(millrace.run("group", "explain", "a")).isEqualTo(1);
        assertThat(millrace.out()).contains("no topic matches").contains("in.* orders");
        groups.put("b", GroupMode.STREAM, List.of(), List.of());
        assertThat(millrace.run("group", "explain", "b")).isZero();
    }

    @Test
    void shouldSayThatAGroupIsUnknown() {
        assertThat(millrace.run("group", "describe", "biling")).isEqualTo(1);
        assertThat(millrace.err()).isEqualTo("millrace group describe: there is no group biling\n");
    }

    @Test
    void shouldPauseAndResume() {
        groups.put("a", GroupMode.STREAM, List.of(), List.of());
        assertThat(millrace.run("group", "pause", "a")).isZero();
        assertThat(groups.describe("a").paused()).isTrue();
        assertThat(millrace.run("group", "resume", "a")).isZero();
        assertThat(groups.describe("a").paused()).isFalse();
        assertThat(millrace.out()).isEqualTo("paused group a\nresumed group a\n");
    }

    @Test
    void shouldCreateAGroupWithSettings() {
        assertThat(millrace.run("group", "set", "q", "--mode", "queue", "-c", "max.deliveries=5"))
                .isZero();
        assertThat(millrace.out()).isEqualTo("changed group q: queue max.deliveries=5\n");
        assertThat(groups.describe("q").group().mode()).isEqualTo(GroupMode.QUEUE);
        assertThat(millrace.run("group", "set", "q")).isEqualTo(2);
        assertThat(millrace.run("group", "set", "r", "--mode", "stream", "--plan")).isZero();
        assertThat(groups.list()).hasSize(1);
    }

    @Test
    void shouldNotDeleteWithoutAYes() {
        groups.put("a", GroupMode.STREAM, List.of(), List.of(partition("t", 0, "", 9L)));
        assertThat(millrace.run("group", "delete", "a")).isEqualTo(1);
        assertThat(millrace.err())
                .contains("This deletes group a: stream, progress in 1 partition\n")
                .contains("--yes");
        assertThat(millrace.run("group", "delete", "a", "--plan")).isZero();
        assertThat(millrace.out()).startsWith("would delete group a");
        assertThat(groups.list()).hasSize(1);
        assertThat(millrace.run("group", "delete", "a", "--yes")).isZero();
        assertThat(groups.list()).isEmpty();
    }

    @Test
    void shouldNotEvenPlanToDeleteAGroupWithMembers() {
        groups.put("a", GroupMode.STREAM, List.of(member(A, "")), List.of());
        assertThat(millrace.run("group", "delete", "a", "--plan")).isEqualTo(1);
        assertThat(millrace.err()).contains("has members");
    }
}
