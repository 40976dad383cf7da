package io.millrace.cli.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandFixture;
import io.millrace.cli.FakeAdmin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.subscribe.Position;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicVerbsTest {
    private final FakeAdmin cluster = new FakeAdmin();
    private final CommandFixture millrace = new CommandFixture().with(cluster);

    @Test
    void shouldCreateATopic() {
        assertThat(millrace.run("topic", "create", "a", "-p", "3", "-c", "x=1", "-c", "y=2"))
                .isZero();
        assertThat(millrace.out()).isEqualTo("created topic a: 3 partitions, 1 replica, x=1 y=2\n");
        assertThat(cluster.listTopics().get(0).config()).isEqualTo(Map.of("x", "1", "y", "2"));
    }

    @Test
    void shouldOnlyShowWhatItWouldCreate() {
        assertThat(millrace.run("topic", "create", "a", "--plan")).isZero();
        assertThat(millrace.out()).startsWith("would create topic a: 1 partition,");
        assertThat(cluster.names()).isEmpty();
    }

    @Test
    void shouldFailIfItExistsUnlessTold() {
        cluster.createTopic(new NewTopic("a", 1));
        assertThat(millrace.run("topic", "create", "a")).isEqualTo(1);
        assertThat(millrace.err()).isEqualTo("millrace topic create: topic a exists\n");
        assertThat(millrace.run("topic", "create", "a", "-p", "2", "--if-not-exists")).isZero();
        assertThat(millrace.err()).contains("note: the topic has 1 partition, not 2");
        assertThat(millrace.out())
                .isEqualTo("there is already a topic a: 1 partition, 1 replica\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "1.5", "9999999999"})
    void shouldRefuseWhatIsNoNumberOfPartitions(final String count) {
        assertThat(millrace.run("topic", "create", "a", "-p", count)).isEqualTo(2);
        assertThat(millrace.err()).contains("'" + count + "' is not a whole number");
    }

    @Test
    void shouldRefuseNamesThatAreNotAllowed() {
        assertThat(millrace.run("topic", "create", "../x")).isEqualTo(1);
        assertThat(millrace.err()).contains("topic name").contains("[A-Za-z0-9._-]{1,249}");
    }

    @Test
    void shouldListTopicsByName() {
        cluster.createTopic(new NewTopic("b", 2));
        cluster.createTopic(new NewTopic("a", 1));
        assertThat(millrace.run("topic", "list")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "TOPIC  PARTITIONS  REPLICAS  CREATED               SETTINGS",
                        "a               1         1  2026-11-22T10:00:00Z",
                        "b               2         1  2026-11-22T10:00:00Z");
    }

    @Test
    void shouldListNoTopicsAsAnEmptyArray() {
        assertThat(millrace.run("topic", "list", "-o", "json")).isZero();
        assertThat(millrace.out().strip()).isEqualTo("[]");
    }

    @Test
    void shouldDescribeATopic() {
        cluster.createTopic(new NewTopic("a", 2));
        cluster.put("a", 1, 5, 12);
        assertThat(millrace.run("topic", "describe", "a")).isZero();
        assertThat(millrace.out())
                .contains("records     7\n")
                .containsPattern("0 +1 +none +0 +0")
                .containsPattern("1 +1 +1 +5 +12")
                .containsPattern("max.batch.bytes +1048576 +default");
    }

    @Test
    void shouldSayThatATopicIsUnknown() {
        assertThat(millrace.run("topic", "describe", "a")).isEqualTo(1);
        assertThat(millrace.err())
                .isEqualTo("millrace topic describe: there is no topic a; create it\n");
    }

    @Test
    void shouldChangeAndResetSettings() {
        cluster.createTopic(new NewTopic("a", 1, 1, Map.of("x", "1", "y", "2")));
        assertThat(millrace.run("topic", "set", "a", "-c", "x=9", "--reset", "y")).isZero();
        assertThat(cluster.listTopics().get(0).config()).isEqualTo(Map.of("x", "9"));
    }

    @Test
    void shouldRefuseToSetNothing() {
        assertThat(millrace.run("topic", "set", "a")).isEqualTo(2);
        assertThat(millrace.err()).contains("--config");
    }

    @Test
    void shouldGrowATopic() {
        cluster.createTopic(new NewTopic("a", 1));
        assertThat(millrace.run("topic", "grow", "a", "-p", "4")).isZero();
        assertThat(millrace.out()).startsWith("grown topic a: 4 partitions");
        assertThat(millrace.run("topic", "grow", "a")).isEqualTo(2);
    }

    @Test
    void shouldNotDeleteWithoutAYes() {
        cluster.createTopic(new NewTopic("a", 1));
        cluster.put("a", 0, 2, 5);
        assertThat(millrace.run("topic", "delete", "a")).isEqualTo(1);
        assertThat(millrace.err())
                .contains("This deletes topic a: 1 partition, 1 replica, 3 records\n")
                .contains("add --yes");
        assertThat(cluster.names()).containsExactly("a");
    }

    @Test
    void shouldDeleteWhenAPersonAgrees() {
        cluster.createTopic(new NewTopic("a", 1));
        assertThat(millrace.typing("n\n").run("topic", "delete", "a")).isEqualTo(1);
        assertThat(millrace.err()).endsWith("Do it? [y/N] Nothing was done.\n");
        assertThat(cluster.names()).containsExactly("a");
        assertThat(millrace.typing("Yes\n").run("topic", "delete", "a")).isZero();
        assertThat(cluster.names()).isEmpty();
    }

    @Test
    void shouldDeleteWithYesAndOnlyShowWithPlan() {
        cluster.createTopic(new NewTopic("a", 1));
        assertThat(millrace.run("topic", "delete", "a", "--plan")).isZero();
        assertThat(cluster.names()).containsExactly("a");
        assertThat(millrace.run("topic", "delete", "a", "--yes")).isZero();
        assertThat(millrace.out().lines())
                .containsExactly(
                        "would delete topic a: 1 partition, 1 replica, 0 records",
                        "deleted topic a: 1 partition, 1 replica, 0 records");
        assertThat(cluster.names()).isEmpty();
    }

    @Test
    void shouldTrimThePartitionsNamed() {
        cluster.createTopic(new NewTopic("a", 3));
        for (int i = 0; i < 3; i++) {
            cluster.put("a", i, 0, 10);
        }
        assertThat(
                        millrace.run(
                                "topic",
                                "trim",
                                "a",
                                "--before",
                                "4",
                                "--partition",
                                "0,2",
                                "--yes"))
                .isZero();
        assertThat(starts()).containsExactly(4L, 0L, 4L);
        assertThat(millrace.run("topic", "trim", "a", "--before", "latest", "--yes")).isZero();
        assertThat(starts()).containsExactly(10L, 10L, 10L);
    }

    @Test
    void shouldTrimNothingBeforeEarliestAndNothingWithPlan() {
        cluster.createTopic(new NewTopic("a", 1));
        cluster.put("a", 0, 3, 10);
        assertThat(millrace.run("topic", "trim", "a", "--before", "earliest", "--yes")).isZero();
        assertThat(millrace.run("topic", "trim", "a", "--before", "5", "--plan")).isZero();
        assertThat(starts()).containsExactly(3L);
        assertThat(millrace.run("topic", "trim", "a", "--before", "x", "--yes")).isEqualTo(2);
    }

    private List<Long> starts() {
        return cluster.findOffsets("a", List.of(), Position.earliest()).stream()
                .map(it -> it.offset())
                .toList();
    }
}
