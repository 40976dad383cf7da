package io.millrace.tests.groups;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.Verdict;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.publish.OutgoingRecord;
import io.millrace.client.publish.Publisher;
import io.millrace.tests.cluster.ClusterBroker;
import io.millrace.tests.cluster.Clusters;
import io.millrace.tests.cluster.TestCluster;
import io.millrace.tests.processes.Cli;
import io.millrace.tests.processes.ToolRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two of three brokers are gone: the third one says why no group moves, and where they stand. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 5, unit = MINUTES)
class LeaderlessGroupTest {

    private static final String TOPIC = "orders";
    private static final String GROUP = "billing";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(200);

    @RegisterExtension final Clusters clusters = new Clusters();

    @TempDir Path directory;

    @Test
    void shouldSayThatNobodyLeadsAndGoOnWhenSomebodyDoes() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (MillraceClient client = cluster.client()) {
            publish(client);
            readAll(client);
        }
        ClusterBroker survivor = cluster.broker(1);
        cluster.broker(2).kill();
        cluster.broker(3).kill();

        try (MillraceClient client = MillraceClient.connect(survivor.address())) {
            awaitAll(client, Verdict.NO_LEADER);
            ToolRun.Result said =
                    new Cli(directory, survivor.address()).run("group", "explain", GROUP);
            String text = String.join("\n", said.lines());
            System.err.println(text.indent(4));
            assertThat(said.exit()).as(text).isEqualTo(1);
            assertThat(text).contains("no leader", "helps: millrace cluster ");
            assertThat(client.admin().groups().describe(GROUP).partitions())
                    .as("what is committed is known all the same")
                    .extracting(GroupPartition::committedOffset)
                    .containsOnly((long) RECORDS / PARTITIONS);

            cluster.broker(2).start();
            awaitAll(client, Verdict.CAUGHT_UP);
        }
    }

    private static void publish(MillraceClient client) {
        client.admin().createTopic(new NewTopic(TOPIC, PARTITIONS, 3, Map.of()));
        try (Publisher publisher = client.openPublisher()) {
            IntStream.range(0, RECORDS)
                    .mapToObj(i -> OutgoingRecord.to(TOPIC).partition(i % PARTITIONS).value("" + i))
                    .map(record -> publisher.publish(record.build()))
                    .toList()
                    .forEach(stored -> stored.join());
        }
    }

    private static void readAll(MillraceClient client) {
        try (GroupSubscriber member =
                client.group(GROUP).topics(TOPIC).start(StartPolicy.EARLIEST).build()) {
            for (int taken = 0; taken < RECORDS; ) {
                taken += member.poll(POLL).size();
            }
            member.commit();
        }
    }

    /** Until the ends of leases are noticed, a leader may be hoped for. */
    private static void awaitAll(MillraceClient client, Verdict verdict) {
        await("all partitions are " + verdict)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptions()
                .until(() -> verdicts(client).equals(List.of(verdict)));
    }

    private static List<Verdict> verdicts(MillraceClient client) {
        return client.admin().groups().describe(GROUP).partitions().stream()
                .map(GroupPartition::verdict)
                .distinct()
                .toList();
    }
}
