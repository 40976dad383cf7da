package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GroupCommandsTest {

    private ControllerState state = Clusters.formed(3, 2);

    @Test
    void shouldSpreadGroupsOverShards() {
        long shards = state.image().dataShards().size();

        IntStream.range(0, (int) shards * 3).forEach(i -> create("g" + i, false));

        assertThat(state.image().dataShards())
                .allSatisfy(
                        shard ->
                                assertThat(state.image().groups().countOn(shard.shard()))
                                        .isEqualTo(3));
    }

    @Test
    void shouldGiveTheGroupThatIsThereToASecondWhoCreatesIt() {
        GroupImage first = create("billing", false);
        ControllerState before = state;

        assertThat(create("billing", false)).isEqualTo(first);
        assertThat(state).isSameAs(before);
        assertRefused(ErrorCode.INVALID_GROUP, new CreateGroup("billing", true, Map.of(), 1));
    }

    @Test
    void shouldLeaveRoomForTheNameOfTheDeadLetters() {
        create("q".repeat(245), true);
        create("s".repeat(249), false);

        assertRefused(ErrorCode.INVALID_GROUP, new CreateGroup("q".repeat(246), true, Map.of(), 1));
    }

    @Test
    void shouldNeverGiveAnIdTwice() {
        GroupImage first = create("billing", false);
        apply(new DeleteGroup("billing", first.groupId()));

        GroupImage second = create("billing", false);

        assertThat(second.groupId()).isGreaterThan(first.groupId());
        assertRefused(ErrorCode.UNKNOWN_GROUP, new DeleteGroup("billing", first.groupId()));
    }

    @Test
    void shouldBuryAQueueGroupOnEveryShard() {
        GroupImage group = create("work", true);
        apply(new DeleteGroup("work", 0));
        List<Integer> shards = state.image().dataShards().stream().map(ShardImage::shard).toList();

        assertThat(state.image().groups().tombstones().get(group.groupId()).shards())
                .isEqualTo(shards);
        shards.forEach(
                shard -> apply(new ConfirmGroupsDeleted(shard, List.of(group.groupId(), 99L))));

        assertThat(state.image().groups().tombstones()).isEmpty();
    }

    @Test
    void shouldChangeSettingsAndTellTheShard() {
        GroupImage group = create("billing", false);

        apply(new SetGroup("billing", Map.of("lease.ms", "20s"), List.of()));

        GroupImage changed = state.image().groups().find("billing").orElseThrow();
        assertThat(changed.overrides()).containsEntry("lease.ms", "20000");
        assertThat(changed.placementVersion()).isGreaterThan(group.placementVersion());
        assertRefused(
                ErrorCode.INVALID_GROUP,
                new SetGroup("billing", Map.of("leas.ms", "1s"), List.of()));
        assertRefused(
                ErrorCode.INVALID_GROUP,
                new SetGroup("billing", Map.of("lease.ms", "1"), List.of()));
        assertRefused(ErrorCode.UNKNOWN_GROUP, new SetGroup("other", Map.of(), List.of()));
    }

    @Test
    void shouldRefuseOddNames() {
        for (String name : List.of("", ".", "a b", "x".repeat(250), "ä", "a/b")) {
            assertRefused(ErrorCode.INVALID_GROUP, new CreateGroup(name, false, Map.of(), 1));
        }
    }

    private GroupImage create(String name, boolean queue) {
        return apply(new CreateGroup(name, queue, Map.of(), 1));
    }

    private <R> R apply(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        state = transition.next();
        return transition.value();
    }

    private void assertRefused(ErrorCode code, ControllerCommand<?> command) {
        assertThatThrownBy(() -> command.applyTo(state))
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
