package io.millrace.cli.subscribe;

import static io.millrace.cli.FakeGroups.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.cli.FakeGroups;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.Verdict;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GroupEndTest {
    private final FakeAdmin cluster = new FakeAdmin();
    private long now;

    private GroupEnd end(final String... topics) {
        return GroupEnd.of(cluster, "g", Set.of(topics), () -> now);
    }

    private boolean isReachedLater(final GroupEnd end) {
        now += TimeUnit.SECONDS.toNanos(1);
        return end.isReached();
    }

    @Test
    void shouldWaitUntilTheGroupHasDoneEveryPartition() {
        cluster.createTopic(new NewTopic("t", 3));
        cluster.put("t", 0, 0, 5);
        cluster.put("t", 1, 5, 5);
        cluster.put("t", 2, 3, 9);
        final GroupEnd end = end("t");
        assertThat(end.isReached()).as("the group does not even exist").isFalse();
        cluster.groups()
                .put(
                        "g",
                        GroupMode.STREAM,
                        List.of(),
                        List.of(
                                partition("t", 0, "", 5L),
                                partition("t", 1, "", null),
                                partition("t", 2, "", 8L)));
        assertThat(isReachedLater(end)).isFalse();
        cluster.groups()
                .put(
                        "g",
                        GroupMode.STREAM,
                        List.of(),
                        List.of(
                                // What is done stays done, though somebody moves the group back.
                                partition("t", 0, "", 0L), partition("t", 2, "", 9L)));
        assertThat(end.isReached()).as("asked a moment ago").isFalse();
        assertThat(isReachedLater(end)).isTrue();
    }

    @Test
    void shouldWaitForRecordsThatWereRedriven() {
        cluster.createTopic(new NewTopic("t", 1));
        cluster.put("t", 0, 0, FakeGroups.END);
        final GroupEnd end = end("t");
        cluster.groups().put("g", GroupMode.QUEUE, List.of(), List.of(done(1)));
        assertThat(isReachedLater(end)).isFalse();
        cluster.groups().put("g", GroupMode.QUEUE, List.of(), List.of(done(0)));
        assertThat(isReachedLater(end)).isTrue();
    }

    /** Everything up to the end is done, but for some records that are to be done again. */
    private static GroupPartition done(final long open) {
        return new GroupPartition(
                "t",
                1,
                0,
                "",
                0,
                FakeGroups.END,
                "",
                0,
                0,
                FakeGroups.END,
                open,
                0L,
                Verdict.MOVING,
                "",
                "");
    }

    @Test
    void shouldBeAtTheEndOfAnEmptyTopic() {
        cluster.createTopic(new NewTopic("t", 3));
        assertThat(end("t").isReached()).isTrue();
    }

    @Test
    void shouldFindTheTopicsThatAreMeant() {
        for (final String name : List.of("a", "in.x", "in.x.y", "in.dlq", "in-x", "out")) {
            cluster.createTopic(new NewTopic(name, 1));
        }
        assertThat(new TopicChoice(List.of("in.*", "a")).existing(cluster))
                .containsExactly("a", "in.x", "in.x.y");
        assertThat(new TopicChoice(List.of("*.dlq")).existing(cluster)).containsExactly("in.dlq");
        assertThat(new TopicChoice(List.of("in.dlq")).existing(cluster)).containsExactly("in.dlq");
        assertThat(new TopicChoice(List.of("inx*")).existing(cluster)).isEmpty();
        assertThatThrownBy(() -> new TopicChoice(List.of("b")).existing(cluster))
                .isInstanceOf(MillraceException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t --instance a|--instance needs --group",
                "t --group g --instance a/b|--instance matches",
                "t --queue|--queue needs --group",
                "t --group g --queue --from latest|its setting start",
                "t --group g --queue --filter key==1|its setting filter",
                "t --group g --queue --on-gap latest|--on-gap does not go with --queue",
                "t --group g --queue --instance a|--instance does not go with --queue",
                "t*|topics by pattern need --group",
                "t u --partition 0|--partition needs a single TOPIC",
                "t --group g --partition 0|--partition and --group exclude each other",
                "t --group g --read-from any|members read from the leaders",
                "t --group g --consistency eventual|members read from the leaders",
                "t --group g --from 7|'millrace group seek'",
                "t --group g --from @-1h|'millrace group seek'",
            })
    void shouldRefuseWhatMakesNoSense(final String words, final String why) {
        final CommandFixture millrace = new CommandFixture().with(cluster);
        assertThat(millrace.run(("subscribe " + words).split(" "))).isEqualTo(2);
        assertThat(millrace.err()).contains(why);
    }
}
