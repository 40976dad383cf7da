package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.broker.controller.ClusterImages;
import io.millrace.broker.controller.Controller;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BrokerStatus;
import io.millrace.v1.ControllerNews;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.ReplicaReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A broker, node 3, without a replica of the controller. */
final class AttendanceTest {

    private final AtomicLong now = new AtomicLong(1_000);
    private final FakePeers peers = new FakePeers();
    private final ClusterImages images = new ClusterImages();
    private final Introduction self = Greetings.member(3, "c1");
    private final Leaders leaders = new Leaders(3, new LocalShards());
    private final AddressBook addresses = new AddressBook(3, images::current, Greetings.SEEDS);
    private final LeaderSearch search = new LeaderSearch(self, leaders, addresses, peers, now::get);
    private final Controller controller =
            new Controller(images, (command, again) -> new CompletableFuture<>());
    private final BrokerWatch watch =
            new BrokerWatch(3, controller, leaders, Duration.ofSeconds(10), now::get);
    private final List<ReplicaReport> replicas = new ArrayList<>();
    private final List<Object> signs = new ArrayList<>();
    private int reports;
    private final List<String> fatal = new ArrayList<>();
    private final Attendance attendance =
            new Attendance(
                    self,
                    controller,
                    leaders,
                    search,
                    watch,
                    new Reporter(
                            self,
                            images::current,
                            BrokerStatus::getDefaultInstance,
                            () -> {
                                reports++;
                                return List.copyOf(replicas);
                            },
                            () -> List.copyOf(signs),
                            () -> ""),
                    peers,
                    now::get,
                    fatal::add);

    @Test
    void shouldAskItsSeedsOneAfterTheOtherForTheLeader() {
        pass(5);
        assertThat(peers.greeted).startsWith("host-1:7401", "host-2:7401", "host-3:7401");
        assertThat(peers.streams).isEmpty();

        greetings(1, 2);
        pass(5);
        assertThat(peers.stream().node).isEqualTo(2);
        assertThat(peers.stream().sent).hasSize(1);
        int greeted = peers.greeted.size();
        pass(20);
        assertThat(peers.greeted).as("nobody is asked any more").hasSize(greeted);
    }

    @Test
    void shouldNotListenToABrokerOfAnotherCluster() {
        peers.greetings.put(
                "host-1:7401",
                GreetResponse.newBuilder()
                        .setPeer(Greetings.member(1, "other").get())
                        .setControllerLeader(1)
                        .build());
        pass(20);

        assertThat(peers.streams).isEmpty();
        assertThat(addresses.address(1)).isEmpty();
    }

    @Test
    void shouldReportEachSecondAndAtOnceWhatMatters() {
        inTouch();
        int before = peers.stream().sent.size();
        news();
        int made = reports;
        pass(10);
        assertThat(peers.stream().sent).hasSize(before + 1);

        replicas.add(ReplicaReport.newBuilder().setShard(1).setRole("FOLLOWER").build());
        signs.add("FOLLOWER");
        pass(1);
        assertThat(peers.stream().sent).hasSize(before + 2);
        replicas.set(0, replicas.get(0).toBuilder().setAppliedIndex(9).build());
        pass(1);
        assertThat(peers.stream().sent).as("an index can wait").hasSize(before + 2);
        assertThat(reports).as("what is not sent is not made").isEqualTo(made + 2);
        replicas.set(0, replicas.get(0).toBuilder().setRole("LEADER").build());
        signs.set(0, "LEADER");
        peers.stream().ready = false;
        pass(1);
        assertThat(peers.stream().sent).hasSize(before + 2);
        peers.stream().ready = true;
        pass(1);
        assertThat(peers.stream().sent).as("as soon as it goes out").hasSize(before + 3);
    }

    @Test
    void shouldLeaveALeaderThatIsSilent() {
        inTouch();
        pass(39);
        FakePeers.Stream first = peers.stream();
        assertThat(first.closed).isFalse();
        pass(3);

        assertThat(first.closed).isTrue();
        first.listener.onNews(ControllerNews.newBuilder().setMapVersion(1).build());
        assertThat(attendance.isInTouch()).as("what comes late does not count").isFalse();
        pass(20);
        assertThat(peers.streams).hasSizeGreaterThan(1);
    }

    @Test
    void shouldNotOpenAStreamWhereThereIsNoConnection() {
        peers.reachable = false;
        greetings(1, 2);
        pass(14);
        assertThat(peers.streams).isEmpty();

        peers.reachable = true;
        pass(2);
        assertThat(peers.streams).hasSize(1);
    }

    @Test
    void shouldOutliveNewsThatAreGarbage() {
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            inTouch();
            FakePeers.Stream stream = peers.stream();
            byte[] garbage = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(garbage);
            stream.listener.onNews(
                    ControllerNews.newBuilder()
                            .setImage(ByteString.copyFrom(garbage))
                            .setMapVersion(Long.MAX_VALUE)
                            .build());
            assertThat(stream.closed).isTrue();
            pass(15);
        }
        assertThat(images.current().version()).isZero();
        assertThat(fatal).isEmpty();
    }

    @Test
    void shouldSayWhyTheBrokerMustStop() {
        inTouch();
        peers.stream().listener.onEnd(PeerGate.told("must stop: the directory is an old copy"));
        assertThat(fatal).containsExactly("the directory is an old copy");

        pass(5);
        peers.stream().listener.onEnd(MillraceException.of(ErrorCode.NOT_LEADER, "look elsewhere"));
        peers.stream().listener.onEnd(PeerGate.told("this is node 4, not node 2"));
        assertThat(fatal).hasSize(1);
    }

    @Test
    void shouldBeQuietOnceClosed() {
        inTouch();
        attendance.close();
        int greeted = peers.greeted.size();
        assertThat(peers.stream().closed).isTrue();
        int streams = peers.streams.size();
        pass(50);

        assertThat(peers.streams).hasSize(streams);
        assertThat(peers.greeted.size()).isGreaterThanOrEqualTo(greeted);
    }

    private void inTouch() {
        greetings(1, 2);
        pass(15);
        news();
        assertThat(attendance.isInTouch()).isTrue();
    }

    private void news() {
        peers.stream()
                .listener
                .onNews(ControllerNews.newBuilder().addLiveNodes(2).addLiveNodes(3).build());
    }

    private void greetings(int from, int leader) {
        peers.greetings.put(
                Greetings.addressOf(from),
                GreetResponse.newBuilder()
                        .setPeer(Greetings.member(from, "c1").get())
                        .setControllerLeader(leader)
                        .build());
    }

    private void pass(int ticks) {
        for (int i = 0; i < ticks; i++) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(Attendance.TICK_MS));
            attendance.tick();
        }
    }
}
