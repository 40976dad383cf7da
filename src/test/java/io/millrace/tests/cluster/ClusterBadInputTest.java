package io.millrace.tests.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.NewTopic;
import io.millrace.tests.processes.BrokerPort;
import io.millrace.tests.processes.Seed;
import io.millrace.v1.ChangeClusterRequest;
import io.millrace.v1.MoveReplica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What operators get wrong is refused with a sentence, and the cluster goes on. */
@EnabledIfSystemProperty(named = "millrace.test.clusters", matches = "true")
@Timeout(value = 20, unit = MINUTES)
class ClusterBadInputTest {

    private static final Duration REFUSAL = Duration.ofSeconds(90);
    private static final Duration WATCHED = Duration.ofSeconds(2);

    @RegisterExtension final Clusters clusters = new Clusters();

    private final Random random = Seed.random("ClusterBadInputTest");

    @TempDir Path directory;

    /** One cluster for all: starting one takes longer than all that is tried. */
    @Test
    void shouldRefuseWhatCannotBeAndGoOn() throws Exception {
        TestCluster cluster = clusters.start(directory, 3, TestCluster.small());
        try (MillraceClient client = cluster.client()) {
            client.admin().createTopic(new NewTopic("orders", 3));
        }

        List<ClusterBroker> members = cluster.brokers();
        ClusterBroker copy = launchACopyFromYesterday(cluster);
        ClusterBroker twin = cluster.add(9).set("node-id", "2");
        twin.launch();
        endureGarbageOnThePeerPort(members);
        refuseMovesThatCannotBe(cluster);

        assertThat(twin.process().awaitExit(REFUSAL)).isEqualTo(1);
        assertThat(twin.process().log()).contains("node 2", "node-id");
        assertThat(copy.process().awaitExit(REFUSAL)).isEqualTo(1);
        assertThat(copy.process().log()).contains("cannot start", "copy", "newest directory");
        cluster.forget(twin.node());
        cluster.forget(copy.node());
        assertThat(members).as("undisturbed").allMatch(ClusterBadInputTest::alive);
        cluster.awaitWhole();
        try (MillraceClient client = cluster.client()) {
            client.admin().createTopic(new NewTopic("still-works", 3));
        }
    }

    /** It may be that they are only late: it waits, and says for whom. */
    @Test
    void shouldWaitForSeedsThatAreStrangers() throws Exception {
        TestCluster cluster = clusters.prepare(directory, 1, TestCluster.small());
        ClusterBroker lonely = cluster.broker(1);
        String stranger = "127.0.0.1:" + BrokerPort.free();
        lonely.set("cluster.seeds", lonely.peerAddress() + "," + stranger);
        lonely.launch();

        await().atMost(REFUSAL)
                .until(() -> lonely.process().log().contains(stranger) || !alive(lonely));
        await().during(WATCHED).atMost(REFUSAL).until(() -> alive(lonely) && !isReady(lonely));
        assertThat(lonely.process().log()).contains("does not answer");
    }

    /** Two clusters that were founded apart never become one. */
    @Test
    void shouldRefuseABrokerOfAnotherClusterAndKeepTheLastOne() throws Exception {
        TestCluster one = clusters.prepare(directory.resolve("one"), 1, TestCluster.small());
        TestCluster two = clusters.prepare(directory.resolve("two"), 1, TestCluster.small());
        ClusterBroker turncoat = two.broker(1).set("node-id", "2");
        turncoat.launch();
        one.startAll();
        turncoat.process().awaitReady(ClusterBroker.START);
        turncoat.kill();
        ClusterBroker stranger = one.add(2).dataIn(turncoat.dataDir());

        stranger.launch();

        assertThat(stranger.process().awaitExit(REFUSAL)).isEqualTo(1);
        assertThat(stranger.process().log())
                .contains("cannot start", "belongs to the cluster", "cluster.seeds");
        one.forget(2);
        keepTheLastBroker(one);
    }

    private static void keepTheLastBroker(TestCluster cluster) {
        assertThatThrownBy(() -> change(cluster, request().setRemoveNode(1)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("last one");
        cluster.awaitLeaders();
    }

    private void endureGarbageOnThePeerPort(List<ClusterBroker> members) throws IOException {
        for (ClusterBroker broker : members) {
            for (int i = 0; i < 5; i++) {
                shout(broker.peerPort());
            }
        }
    }

    private void shout(int port) throws IOException {
        byte[] garbage = new byte[1 << 16];
        random.nextBytes(garbage);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(garbage);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // It was cut off in the midst of it, as it should be.
        }
    }

    private void refuseMovesThatCannotBe(TestCluster cluster) {
        assertThatThrownBy(() -> change(cluster, request().setMove(move(1, 1, 2))))
                .as("both hold one already")
                .isInstanceOf(StatusRuntimeException.class);
        assertThatThrownBy(() -> change(cluster, request().setMove(move(1, 1, 77))))
                .as("nobody is node 77")
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("77");
        assertThatThrownBy(() -> change(cluster, request().setMove(move(555, 1, 2))))
                .as("there is no shard 555")
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("555");
        assertThatThrownBy(() -> change(cluster, request().setRemoveNode(1)))
                .as("two are not enough for three replicas")
                .isInstanceOf(StatusRuntimeException.class);
        assertThatThrownBy(() -> change(cluster, request().setAddNode(77)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("77");
    }

    /** The broker itself has been started since, and runs: its copy must not disturb it. */
    private static ClusterBroker launchACopyFromYesterday(TestCluster cluster) throws Exception {
        ClusterBroker broker = cluster.broker(3);
        Path yesterday = broker.dataDir().resolveSibling("yesterday");
        broker.kill();
        copy(broker.dataDir(), yesterday);
        broker.start();
        cluster.awaitWhole();
        ClusterBroker copy = cluster.add(8).set("node-id", "3").dataIn(yesterday);
        copy.launch();
        return copy;
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path each : all) {
            Path target = to.resolve(from.relativize(each).toString());
            if (Files.isDirectory(each)) {
                Files.createDirectories(target);
            } else {
                Files.copy(each, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static ChangeClusterRequest.Builder request() {
        return ChangeClusterRequest.newBuilder();
    }

    private static MoveReplica move(int shard, int from, int to) {
        return MoveReplica.newBuilder().setShard(shard).setFromNode(from).setToNode(to).build();
    }

    private static void change(TestCluster cluster, ChangeClusterRequest.Builder request) {
        ClusterControl.change(cluster.broker(1).address(), request.build());
    }

    private static boolean alive(ClusterBroker broker) {
        return broker.process().isAlive();
    }

    private static boolean isReady(ClusterBroker broker) {
        return broker.process().isReady();
    }
}
