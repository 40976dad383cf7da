package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlacementPlanTest {

    private static final ShardContent EMPTY = new ShardContent(1, Map.of(), id -> false);

    private final ControllerState created = // partitions 1 and 3 on shard 1, 2 on shard 2
            new CreateTopic("t", 3, 1, Map.of(), 0).applyTo(Clusters.formed(1, 2)).next();
    private final long version = created.image().version();

    @Test
    void shouldCreateWhatIsMissingInOrder() {
        PlacementPlan plan = PlacementPlan.of(created.image(), EMPTY);

        assertThat(plan.intents())
                .hasSize(2)
                .allSatisfy(
                        intent -> {
                            assertThat(intent).isInstanceOf(PlacementIntent.Create.class);
                            assertThat(intent.mapVersion()).isEqualTo(version);
                        })
                .extracting(PlacementIntent::partitionId)
                .containsExactly(1L, 3L);
        assertThat(((PlacementIntent.Create) plan.intents().get(1)).partition()).isEqualTo(2);
    }

    @Test
    void shouldHaveNothingToDoWhenAllIsThere() {
        ShardContent content = new ShardContent(1, Map.of(1L, version, 3L, version), id -> false);

        assertThat(PlacementPlan.of(created.image(), content).isEmpty()).isTrue();
    }

    @Test
    void shouldConfigureWhatIsOlder() {
        ControllerState set =
                new SetTopic("t", Map.of("segment.ms", "1h"), List.of()).applyTo(created).next();
        ShardContent content =
                new ShardContent(1, Map.of(1L, version, 3L, version + 1), id -> false);

        assertThat(PlacementPlan.of(set.image(), content).intents())
                .singleElement()
                .isInstanceOfSatisfying(
                        PlacementIntent.Configure.class,
                        configure -> {
                            assertThat(configure.partitionId()).isEqualTo(1);
                            assertThat(configure.config().segmentMs()).isEqualTo(3_600_000);
                        });
    }

    @Test
    void shouldDeleteOnlyByTombstone() {
        ShardContent content =
                new ShardContent(1, Map.of(1L, version, 3L, version, 77L, version), id -> false);
        ControllerState deleted = new DeleteTopic("t", 0).applyTo(created).next();

        PlacementPlan plan = PlacementPlan.of(deleted.image(), content);

        assertThat(plan.intents())
                .allMatch(intent -> intent instanceof PlacementIntent.Delete)
                .extracting(PlacementIntent::partitionId)
                .containsExactly(1L, 3L);
        assertThat(plan.strays()).containsExactly(77L);
        assertThat(plan.confirmable()).isEmpty();
    }

    @Test
    void shouldKeepEverythingWhenMetadataIsMissing() {
        ShardContent content = new ShardContent(1, Map.of(1L, 1L, 2L, 1L), id -> false);

        PlacementPlan plan = PlacementPlan.of(ClusterImage.EMPTY, content);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.strays()).containsExactly(1L, 2L);
    }

    @Test
    void shouldConfirmWhatIsGoneOnceTheShardHasSeenTheDeletion() {
        ControllerState deleted = new DeleteTopic("t", 0).applyTo(created).next();
        ShardContent unaware = new ShardContent(1, Map.of(), id -> false);
        ShardContent aware = new ShardContent(1, Map.of(), id -> true);

        assertThat(PlacementPlan.of(deleted.image(), unaware).intents()).hasSize(2);
        PlacementPlan plan = PlacementPlan.of(deleted.image(), aware);
        assertThat(plan.intents()).isEmpty();
        assertThat(plan.confirmable()).containsExactly(1L, 3L);
    }

    @Test
    void shouldNotBringBackWhatAnOlderMapStillHas() {
        ShardContent ahead = new ShardContent(1, Map.of(), id -> true);

        assertThat(PlacementPlan.of(created.image(), ahead).isEmpty()).isTrue();
    }
}
