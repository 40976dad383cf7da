package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.group.GroupCommand.ConfigureGroup;
import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.group.GroupCommand.OpenGroup;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupResult.Done;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.protocol.error.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GroupTableTest {

    private final GroupFixture group = GroupFixture.stream();

    @Test
    void shouldKeepADroppedGroupDropped() {
        group.join("a");
        group.apply(new DropGroup(GROUP));
        assertThat(group.result).isEqualTo(new Done(true));
        assertThat(group.changed).containsExactly("a");

        group.apply(open(9, GroupConfig.DEFAULTS));

        assertThat(group.result).isEqualTo(new Done(false));
        assertThat(group.table.group(GROUP)).isEmpty();
    }

    @Test
    void shouldKeepAGroupDroppedThatWasNeverOpened() {
        group.apply(new DropGroup(8));
        group.apply(new OpenGroup(8, "late", GroupMode.STREAM, GroupConfig.DEFAULTS, 1));

        assertThat(group.table.group(8)).isEmpty();
        assertThat(group.table.groups()).containsOnlyKeys(GROUP);
    }

    @Test
    void shouldRefuseCommandsToUnknownGroups() {
        group.apply(new PauseGroup(99, true));

        assertThat(((Refused) group.result).code()).isEqualTo(ErrorCode.UNKNOWN_GROUP);
    }

    @Test
    void shouldTakeNewerSettingsAndIgnoreOlderOnes() {
        GroupConfig longer = GroupConfig.of(Map.of("lease.ms", "20s"));
        GroupConfig longest = GroupConfig.of(Map.of("lease.ms", "30s"));
        group.join("a");
        group.apply(open(5, longer));
        assertThat(group.state().config()).isEqualTo(longer);
        assertThat(group.state().members()).containsOnlyKeys("a");

        group.apply(new ConfigureGroup(GROUP, longest, 5));
        assertThat(group.result).isEqualTo(new Done(false));
        group.apply(new ConfigureGroup(GROUP, longest, 6));
        assertThat(group.state().config()).isEqualTo(longest);
        assertThat(group.state().leaseMs(group.state().members().get("a"))).isEqualTo(30_000);
    }

    @Test
    void shouldShareOutAnewWithAnotherAssignor() {
        group.topics(GroupTopic.of(1, "orders", 4));
        group.join("a");
        group.join("b");
        group.releaseAll();

        group.apply(open(2, GroupConfig.of(Map.of("assignor", "range"))));
        group.releaseAll();

        assertThat(group.state().owners().values().stream().map(Ownership::memberId))
                .containsExactly("a", "a", "b", "b");
    }

    private static OpenGroup open(long version, GroupConfig config) {
        return new OpenGroup(GROUP, "billing", GroupMode.STREAM, config, version);
    }
}
