package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class GroupPlanTest {

    private ControllerState state = Clusters.formed(1, 2);
    private final GroupImage first = apply(new CreateGroup("first", false, Map.of(), 1));
    private final GroupImage second = apply(new CreateGroup("second", true, Map.of(), 1));
    private final GroupImage third = apply(new CreateGroup("third", false, Map.of(), 1));

    @Test
    void shouldOpenWhatLivesHereInOrder() {
        assertThat(plan(first.shard(), List.of()).intents())
                .containsExactly(new GroupIntent.Open(first), new GroupIntent.Open(third));
        assertThat(plan(second.shard(), List.of()).intents())
                .containsExactly(new GroupIntent.Open(second));
    }

    @Test
    void shouldConfigureWhatIsOlder() {
        apply(new SetGroup("first", Map.of("lease.ms", "20s"), List.of()));
        GroupImage changed = state.image().groups().find("first").orElseThrow();

        GroupPlan plan = plan(first.shard(), List.of(), first, third);

        assertThat(plan.intents()).containsExactly(new GroupIntent.Configure(changed));
        assertThat(plan(first.shard(), List.of(), changed, third).isEmpty()).isTrue();
    }

    @Test
    void shouldDropOnlyByTombstone() {
        apply(new DeleteGroup("first", 0));

        GroupPlan plan =
                GroupPlan.of(
                        state.image(),
                        new GroupContent(
                                first.shard(),
                                Map.of(first.groupId(), 9L, third.groupId(), 9L, 77L, 9L),
                                id -> false));

        assertThat(plan.intents()).containsExactly(new GroupIntent.Drop(first.groupId()));
        assertThat(plan.strays()).containsExactly(77L);
        assertThat(plan.confirmable()).isEmpty();
    }

    /** What has queues may have them on any shard. */
    @Test
    void shouldDropAQueueGroupOnEveryShardAndConfirmEach() {
        apply(new DeleteGroup("second", 0));
        long id = second.groupId();

        for (int shard : List.of(first.shard(), second.shard())) {
            GroupImage[] held =
                    shard == first.shard() ? new GroupImage[] {first, third} : new GroupImage[] {};
            assertThat(plan(shard, List.of(), held).intents())
                    .containsExactly(new GroupIntent.Drop(id));
            GroupPlan after = plan(shard, List.of(id), held);
            assertThat(after.intents()).isEmpty();
            assertThat(after.confirmable()).containsExactly(id);
            apply(new ConfirmGroupsDeleted(shard, after.confirmable()));
            assertThat(plan(shard, List.of(id), held).isEmpty()).isTrue();
        }
        assertThat(state.image().groups().tombstones()).isEmpty();
    }

    /** Otherwise it could be opened from an older map after the tombstone is gone. */
    @Test
    void shouldDropWhatTheShardHasNeverOpened() {
        apply(new DeleteGroup("first", 0));

        assertThat(plan(first.shard(), List.of(), third).intents())
                .containsExactly(new GroupIntent.Drop(first.groupId()));
        assertThat(plan(second.shard(), List.of(), second).isEmpty()).isTrue();
    }

    @Test
    void shouldNotBringBackWhatAnOlderMapStillHas() {
        GroupPlan plan = plan(first.shard(), List.of(first.groupId()), third);

        assertThat(plan.isEmpty()).isTrue();
    }

    @Test
    void shouldKeepEverythingWhenMetadataIsMissing() {
        GroupPlan plan =
                GroupPlan.of(ClusterImage.EMPTY, new GroupContent(1, Map.of(1L, 1L), id -> false));

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.strays()).containsExactly(1L);
    }

    private GroupPlan plan(int shard, List<Long> dropped, GroupImage... held) {
        Map<Long, Long> versions =
                List.of(held).stream()
                        .collect(
                                Collectors.toMap(
                                        GroupImage::groupId, GroupImage::placementVersion));
        return GroupPlan.of(state.image(), new GroupContent(shard, versions, dropped::contains));
    }

    private <R> R apply(ControllerCommand<R> command) {
        Transition<R> transition = command.applyTo(state);
        state = transition.next();
        return transition.value();
    }
}
