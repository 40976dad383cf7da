package io.millrace.client.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.MillraceClient;
import io.millrace.client.fake.FakeCluster;
import io.millrace.client.subscribe.Position;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminTest {
    @Test
    void shouldCreateListAndFind() throws Exception {
        try (FakeCluster cluster = new FakeCluster(1, 1);
                MillraceClient client = MillraceClient.connect(cluster.servers())) {
            Admin admin = client.admin();
            admin.plan().createTopic(new NewTopic("b", 2));
            assertThat(admin.listTopics()).isEmpty();
            assertThat(admin.createTopic(new NewTopic("b", 2)).partitions()).isEqualTo(2);
            admin.createTopic(new NewTopic("a", 1));
            assertThat(admin.listTopics()).extracting(TopicInfo::name).containsExactly("a", "b");
            cluster.append("b", 1, "x", "y");
            assertThat(admin.findOffsets("b", List.of(), Position.latest()))
                    .extracting(FoundOffset::offset)
                    .containsExactly(0L, 2L);
            assertThat(admin.findOffsets("b", List.of(), Position.time(Instant.EPOCH)))
                    .extracting(FoundOffset::offset)
                    .containsExactly(0L, 0L);
            assertThatThrownBy(() -> admin.findOffsets("b", List.of(), Position.offset(1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertFails(() -> admin.createTopic(new NewTopic("a", 1)), ErrorCode.TOPIC_EXISTS);
            assertFails(() -> admin.describeTopic("nowhere"), ErrorCode.UNKNOWN_TOPIC);
            assertFails(() -> admin.describeTopic("../etc"), ErrorCode.INVALID_TOPIC_NAME);
        }
    }

    @Test
    void shouldAskTheNextServerWhenOneIsDown() throws Exception {
        int dead;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = socket.getLocalPort();
        }
        try (FakeCluster cluster = new FakeCluster(1, 1);
                MillraceClient client =
                        MillraceClient.connect("127.0.0.1:" + dead + "," + cluster.servers())) {
            // Not even a call that must not be made twice is lost to a refused connection.
            assertThat(client.admin().createTopic(new NewTopic("a", 1)).name()).isEqualTo("a");
        }
        try (MillraceClient client =
                MillraceClient.builder()
                        .servers("127.0.0.1:" + dead)
                        .requestTimeout(Duration.ofMillis(300))
                        .build()) {
            assertThatThrownBy(() -> client.admin().createTopic(new NewTopic("a", 1)))
                    .isInstanceOfSatisfying(
                            MillraceException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                                assertThat(e.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
                            })
                    .hasMessageContaining("127.0.0.1:" + dead);
        }
    }

    private static void assertFails(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MillraceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void shouldSendChangesOfTheClusterAndReadPlans() throws Exception {
        try (FakeCluster cluster = new FakeCluster(1, 1);
                MillraceClient client = MillraceClient.connect(cluster.servers())) {
            ClusterPlan plan =
                    client.admin().plan().changeCluster(new ClusterChange.Move(3, 1, 2), true);
            assertThat(plan)
                    .isEqualTo(
                            new ClusterPlan(
                                    List.of(
                                            new ClusterPlan.Step(3, "moves", 7),
                                            new ClusterPlan.Step(null, "forgets it", 0)),
                                    List.of("careful")));
            assertThat(cluster.broker(1).lastChange().getMove().getToNode()).isEqualTo(2);
            assertThat(cluster.broker(1).lastChange().getValidateOnly()).isTrue();
            assertThat(cluster.broker(1).lastChange().getForce()).isTrue();
            client.admin().changeCluster(new ClusterChange.RemoveNode(4), false);
            assertThat(cluster.broker(1).lastChange().getRemoveNode()).isEqualTo(4);
            assertThat(cluster.broker(1).lastChange().getValidateOnly()).isFalse();
        }
    }
}
