package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.DeleteGroup;
import io.millrace.broker.metrics.GroupReading;
import io.millrace.broker.metrics.GroupReading.Lag;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GroupWatchTest {

    private GroupsOfOneBroker groups;
    private GroupWatch watch;

    @BeforeEach
    void start() throws IOException {
        groups = new GroupsOfOneBroker();
        groups.broker.create("orders", 2);
        groups.broker.append("orders", 0, 100);
        groups.broker.append("orders", 1, 50);
        groups.create("billing", false);
        watch = new GroupWatch(groups::map, groups.admin);
    }

    @Test
    void shouldTellLagsAndVerdictsOfGroupsCoordinatedHere() {
        groups.join("billing", "a", "orders");
        groups.commit("billing", "orders", 0, 40);
        groups.commit("billing", "orders", 1, 50);
        watch.look();

        assertThat(watch.readings())
                .containsExactly(
                        new GroupReading(
                                "billing",
                                1,
                                false,
                                Map.of("orders", new Lag(60, 49_000)),
                                Map.of("moving", 1, "caught_up", 1)));
    }

    @Test
    void shouldForgetGroupsThatAreGoneOrCoordinatedElsewhere() {
        groups.create("other", false);
        watch.look();
        assertThat(watch.readings()).hasSize(2);
        groups.broker.controller.submit(new DeleteGroup("other", 0)).join();
        assertThat(watch.readings()).extracting(GroupReading::group).containsExactly("billing");
        groups.broker.moveAway(groups.image("billing").shard(), 2);
        assertThat(watch.readings()).isEmpty();
        watch.look();
        assertThat(watch.readings()).isEmpty();
    }
}
