package io.millrace.broker.groups;

import static io.millrace.broker.groups.GroupsOfOneBroker.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Position;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SeekMove;
import io.millrace.v1.SeekTarget;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topic orders with 100 records in partition 0 and none in partition 1. */
final class GroupSeekTest {

    private GroupsOfOneBroker groups;

    @BeforeEach
    void start() throws IOException {
        groups = new GroupsOfOneBroker();
        groups.broker.create("orders", 2);
        groups.broker.append("orders", 0, 50);
        groups.broker.append("orders", 0, 50);
        groups.create("billing", false);
    }

    @Test
    void shouldMoveWhatNobodyHoldsAndUndoIt() {
        groups.commitAndLeave("billing", "orders", 0, 40);

        SeekGroupResponse moved = seek("billing", target().setPosition(latest()));
        assertThat(moved.getSeekId()).isEqualTo(1);
        assertThat(moves(moved)).isEqualTo(Map.of(0, "40 to 100", 1, "nothing to 0"));
        assertThat(committed(0)).isEqualTo(100);
        assertThat(groups.describe("billing").getSeeks(0).getReason()).isEqualTo("tests");

        SeekGroupResponse undone =
                seek(
                        "billing",
                        target().setPartition(0).setPosition(offset(40)),
                        target().setPartition(1).setForget(true));
        assertThat(moves(undone)).isEqualTo(Map.of(0, "100 to 40", 1, "0 to nothing"));
        assertThat(committed(0)).isEqualTo(40);
        assertThat(groups.state("billing").offsets()).hasSize(1);
        assertThat(groups.describe("billing").getSeeksCount()).isEqualTo(2);
    }

    @Test
    void shouldOnlySayWhatWouldBeMoved() {
        groups.commitAndLeave("billing", "orders", 0, 40);
        SeekGroupResponse planned = plan("billing", target().setPosition(latest()));
        assertThat(planned.getSeekId()).isZero();
        assertThat(moves(planned)).isEqualTo(Map.of(0, "40 to 100", 1, "nothing to 0"));
        assertThat(committed(0)).isEqualTo(40);
        assertThat(groups.state("billing").seekLog()).isEmpty();
    }

    @Test
    void shouldRefuseWhatAMemberHoldsUnlessTheGroupIsPaused() {
        groups.join("billing", "a", "orders");
        MillraceException refused =
                failureOf(
                        groups.admin.seek(
                                request("billing", target().setPosition(latest())).build(), false));
        assertThat(refused.code()).isEqualTo(ErrorCode.GROUP_IN_USE);
        assertThat(refused)
                .hasMessageContaining("in the hands of member \"a\"")
                .hasMessageContaining("`millrace group pause billing`");
        groups.apply(new PauseGroup(groups.image("billing").groupId(), true));
        seek("billing", target().setPosition(latest()));
        assertThat(committed(0)).isEqualTo(100);
    }

    @Test
    void shouldPlanForWhatAMemberHoldsAndSayWhatIsInTheWay() {
        groups.join("billing", "a", "orders");
        SeekGroupResponse planned = plan("billing", target().setPosition(latest()));
        assertThat(moves(planned)).isEqualTo(Map.of(0, "nothing to 100", 1, "nothing to 0"));
        assertThat(planned.getSeekId()).isZero();
        assertThat(planned.getObstacle())
                .contains("member \"a\"", "`millrace group pause billing`");
        assertThat(groups.state("billing").paused()).isFalse();
        assertThat(groups.state("billing").offsets()).isEmpty();

        groups.apply(new PauseGroup(groups.image("billing").groupId(), true));
        SeekGroupResponse free = plan("billing", target().setPosition(latest()));
        assertThat(free.getObstacle()).isEmpty();
        assertThat(free.getMovesList()).isEqualTo(planned.getMovesList());
    }

    @Test
    void shouldFindTimesAndOtherGroups() {
        groups.create("audit", false);
        groups.commitAndLeave("audit", "orders", 0, 70);

        seek("billing", target().setPosition(Position.newBuilder().setTimestampMs(1_050)));
        assertThat(committed(0)).isEqualTo(50);
        seek("billing", target().setAsGroup("audit"));
        assertThat(committed(0)).isEqualTo(70);
        seek("billing", target().setPartition(0).setShift(-5));
        assertThat(committed(0)).isEqualTo(65);
    }

    @Test
    void shouldRefuseAllIfOneTargetIsWrong() {
        MillraceException refused =
                failureOf(
                        groups.admin.seek(
                                request(
                                                "billing",
                                                target().setPartition(0).setPosition(offset(10)),
                                                target().setPartition(1).setPosition(offset(1)))
                                        .build(),
                                false));
        assertThat(refused.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(refused.metadata())
                .containsEntry("field", "targets.position.offset")
                .containsEntry("log_end_offset", "0");
        assertThat(groups.state("billing").offsets()).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNotThere() {
        assertThatThrownBy(() -> seek("billing", target().setTopic("nope").setForget(true)))
                .hasMessageContaining("there is no topic \"nope\"");
        assertThatThrownBy(() -> seek("billing", target().setAsGroup("nope")))
                .hasMessageContaining("there is no group \"nope\"");
        groups.create("work", true);
        assertThatThrownBy(() -> seek("work", target().setForget(true)))
                .hasMessageContaining("is in queue mode");
        assertThatThrownBy(() -> seek("billing", target().setAsGroup("work")))
                .hasMessageContaining("is in queue mode and has no offsets");
        MillraceException refused =
                failureOf(
                        groups.admin.seek(
                                request("billing", target().setForget(true))
                                        .setReason("x".repeat(201))
                                        .build(),
                                false));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.metadata()).containsEntry("field", "reason");
    }

    private SeekGroupResponse seek(String group, SeekTarget.Builder... targets) {
        return groups.admin.seek(request(group, targets).build(), false).join();
    }

    private SeekGroupResponse plan(String group, SeekTarget.Builder... targets) {
        return groups.admin
                .seek(request(group, targets).setValidateOnly(true).build(), false)
                .join();
    }

    private static SeekGroupRequest.Builder request(String group, SeekTarget.Builder... targets) {
        SeekGroupRequest.Builder request =
                SeekGroupRequest.newBuilder().setGroup(group).setReason("tests");
        for (SeekTarget.Builder target : targets) {
            request.addTargets(target);
        }
        return request;
    }

    private long committed(int number) {
        return groups.state("billing").offsets().get(groups.key("orders", number)).offset();
    }

    private static Map<Integer, String> moves(SeekGroupResponse response) {
        Map<Integer, String> moves = new TreeMap<>();
        for (SeekMove move : response.getMovesList()) {
            moves.put(
                    move.getPartition(),
                    (move.hasFromOffset() ? move.getFromOffset() : "nothing")
                            + " to "
                            + (move.hasToOffset() ? move.getToOffset() : "nothing"));
        }
        return moves;
    }

    private static SeekTarget.Builder target() {
        return SeekTarget.newBuilder().setTopic("orders");
    }

    private static Position latest() {
        return Position.newBuilder().setLatest(true).build();
    }

    private static Position offset(long offset) {
        return Position.newBuilder().setOffset(offset).build();
    }
}
