package io.millrace.cli.group;

import static io.millrace.cli.FakeGroups.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.cli.FakeGroups;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.MemberInfo;
import io.millrace.client.admin.group.SeekPoint;
import io.millrace.client.admin.group.SeekTarget;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupSeekVerbTest {
    private final FakeAdmin cluster = new FakeAdmin();
    private final FakeGroups groups = cluster.groups();
    private final CommandFixture millrace = new CommandFixture().with(cluster);

    @TempDir private Path directory;

    @BeforeEach
    void fill() {
        groups.put(
                "a",
                GroupMode.STREAM,
                List.of(),
                List.of(
                        partition("s", 0, "", 50L),
                        partition("t", 0, "", 90L),
                        partition("t", 1, "", null)));
    }

    @Test
    void shouldOnlyShowWhatItWouldMove() {
        assertThat(millrace.run("group", "seek", "a", "--to", "earliest")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "TOPIC  PARTITION  FROM  TO  RECORDS",
                        "s              0    50   0      -50",
                        "t              0    90   0      -90",
                        "t              1  none   0        -");
        assertThat(millrace.err()).isEqualTo("Nothing was done; --yes does it.\n");
        assertThat(groups.describe("a").seeks()).isEmpty();
        assertThat(millrace.run("group", "seek", "a", "--to", "earliest", "--plan", "--yes"))
                .isZero();
        assertThat(groups.describe("a").seeks()).isEmpty();
    }

    @Test
    void shouldShowWhatItWouldMoveWhileMembersHoldIt() {
        groups.put(
                "b",
                GroupMode.STREAM,
                List.of(new MemberInfo("m", 1, "", "", "h:1", List.of("t"), 1, "", 10, 10_000)),
                List.of(partition("t", 0, "m", 90L)));
        assertThat(millrace.run("group", "seek", "b", "--to", "earliest")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "TOPIC  PARTITION  FROM  TO  RECORDS",
                        "t              0    90   0      -90");
        assertThat(millrace.err())
                .isEqualTo(
                        "Nothing was done, and --yes would be refused now: b is in use; pause it\n");
        assertThat(millrace.run("group", "seek", "b", "--to", "earliest", "--yes")).isEqualTo(1);
        groups.pause("b");
        assertThat(millrace.run("group", "seek", "b", "--to", "earliest")).isZero();
        assertThat(millrace.err()).endsWith("Nothing was done; --yes does it.\n");
    }

    @Test
    void shouldMoveAndTakeItBack() {
        assertThat(
                        millrace.run(
                                "group",
                                "seek",
                                "a",
                                "--to",
                                "latest",
                                "--topic",
                                "t",
                                "--yes",
                                "--reason",
                                "me"))
                .isZero();
        assertThat(groups.targets())
                .containsExactly(SeekTarget.topic("t", SeekPoint.at(Position.latest())));
        assertThat(groups.reason()).isEqualTo("me");
        assertThat(millrace.err())
                .isEqualTo("Done. 'millrace group seek a --undo 1 --yes' takes it back.\n");
        assertThat(millrace.run("group", "seek", "a", "--undo", "1", "--yes")).isZero();
        assertThat(groups.targets())
                .containsExactly(
                        SeekTarget.partition("t", 0, SeekPoint.at(Position.offset(90))),
                        SeekTarget.partition("t", 1, SeekPoint.forget()));
        assertThat(millrace.run("group", "seek", "a", "--undo", "9")).isEqualTo(1);
        assertThat(millrace.err()).contains("has no seek 9");
    }

    @Test
    void shouldKnowAllPlaces() {
        assertThat(asked("42")).isEqualTo(SeekPoint.at(Position.offset(42)));
        assertThat(asked("+42")).isEqualTo(SeekPoint.shift(42));
        assertThat(asked("-42")).isEqualTo(SeekPoint.shift(-42));
        assertThat(asked("group:b")).isEqualTo(SeekPoint.asGroup("b"));
        final SeekPoint hourAgo =
                SeekPoint.at(Position.time(CommandFixture.NOW.minus(Duration.ofHours(1))));
        assertThat(asked("-1h")).isEqualTo(hourAgo);
        assertThat(asked("@-1h")).isEqualTo(hourAgo);
        assertThat(asked("@2026-11-22T11:00:00Z")).isEqualTo(hourAgo);
        assertThat(asked("-99999999d")).isEqualTo(SeekPoint.at(new Position.AtTime(0)));
    }

    private SeekPoint asked(final String place) {
        assertThat(
                        millrace.run(
                                "group",
                                "seek",
                                "a",
                                "--topic",
                                "s",
                                "--partition",
                                "0",
                                "--to",
                                place))
                .as(place + ": " + millrace.err())
                .isZero();
        final SeekTarget target = groups.targets().iterator().next();
        assertThat(target.partition()).isZero();
        return target.to();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "+1h", "-", "1h", "group:", "file:", "1.5", "--x"})
    void shouldRefuseWhatIsNoPlace(final String place) {
        assertThat(millrace.run("group", "seek", "a", "--to", place)).isEqualTo(2);
        assertThat(millrace.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--to 1 --undo 1",
                "--undo 1 --topic s",
                "--undo x",
                "--to 1 --partition 0",
                "--to 1 --topic s --topic t --partition 0",
            })
    void shouldRefuseOptionsThatContradictEachOther(final String options) {
        final String[] words = ("group seek a " + options).strip().split(" ");
        assertThat(millrace.run(words)).isEqualTo(2);
    }

    @Test
    void shouldRefuseAReasonThatIsTooLong() {
        assertThat(millrace.run("group", "seek", "a", "--to", "1", "--reason", "x".repeat(201)))
                .isEqualTo(2);
        assertThat(millrace.err()).contains("201").contains("200");
    }

    @Test
    void shouldAskForATopicWhenTheGroupHasNone() {
        groups.put("b", GroupMode.STREAM, List.of(), List.of());
        assertThat(millrace.run("group", "seek", "b", "--to", "earliest")).isEqualTo(1);
        assertThat(millrace.err()).contains("--topic");
    }

    @Test
    void shouldGoToWhereADescriptionWas() throws IOException {
        final Path file = directory.resolve("before.json");
        assertThat(millrace.run("group", "describe", "a", "-o", "json")).isZero();
        Files.write(file, millrace.outBytes());
        assertThat(millrace.run("group", "seek", "a", "--to", "file:" + file, "--topic", "t"))
                .isZero();
        assertThat(groups.targets())
                .containsExactly(
                        SeekTarget.partition("t", 0, SeekPoint.at(Position.offset(90))),
                        SeekTarget.partition("t", 1, SeekPoint.forget()));
    }

    @Test
    void shouldGoToWhereASeekWent() throws IOException {
        final Path file = directory.resolve("seek.json");
        assertThat(millrace.run("group", "seek", "a", "--to", "7", "-o", "json")).isZero();
        Files.write(file, millrace.outBytes());
        assertThat(millrace.run("group", "seek", "a", "--to", "file:" + file)).isZero();
        assertThat(groups.targets())
                .hasSize(3)
                .contains(SeekTarget.partition("t", 1, SeekPoint.at(Position.offset(7))));
        assertThat(millrace.run("group", "seek", "a", "--to", "file:" + file, "--topic", "z"))
                .isEqualTo(1);
        assertThat(millrace.err()).contains("holds none of the partitions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"moves\": [{}]}",
                "{\"moves\": [{\"topic\": \"t\", \"partition\": 0, \"toOffset\": \"7\"}]}",
                "{\"moves\": [{\"topic\": \"t\", \"partition\": 0, \"toOffset\": 7.5}]}",
                "{\"partitions\": [{\"topic\": \"t\", \"partition\": 0}]}",
            })
    void shouldSayWhatIsWrongWithAFile(final String text) throws IOException {
        final Path file = Files.writeString(directory.resolve("x.json"), text);
        assertThat(millrace.run("group", "seek", "a", "--to", "file:" + file)).isEqualTo(1);
        assertThat(millrace.err()).contains("x.json").doesNotContain("a bug");
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertThat(millrace.run("group", "seek", "a", "--to", "file:/nowhere/x")).isEqualTo(1);
        assertThat(millrace.err()).contains("there is no file /nowhere/x");
    }
}
