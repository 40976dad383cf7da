package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.cluster.PeerGate;
import io.millrace.broker.controller.AllocateProducerIds;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.CreateTopic;
import io.millrace.broker.controller.FormCluster;
import io.millrace.broker.controller.ProducerIdBlock;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.broker.controller.TopicImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Brokers 1 and 2 hold the controller, 3 does not. Time passes only when the test says so, apart
 * from that of commands under way.
 */
final class ControllerNetworkTest {

    private static final int TICK_MS = 100;

    private final AtomicLong now = new AtomicLong(1_000);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ControllerGroup group = new ControllerGroup();
    private final List<PeerBroker> up = new ArrayList<>();
    private final List<String> seeds = List.of(PeerBroker.addressOf(1), PeerBroker.addressOf(2));
    private PeerBroker one;
    private PeerBroker two;
    private PeerBroker three;

    @BeforeEach
    void start() throws IOException {
        group.elect(1);
        one = broker(1, "d1", 1, true);
        two = broker(2, "d2", 1, true);
        three = broker(3, "d3", 1, false);
        one.controller.submit(new FormCluster(PeerBroker.CLUSTER, List.of(1, 2, 3), 1)).join();
        for (PeerBroker broker : List.copyOf(up)) {
            done(broker.controller.submit(broker.registration()));
        }
    }

    @AfterEach
    void stop() {
        up.forEach(PeerBroker::close);
        timer.shutdownNow();
    }

    @Test
    void shouldBringTheMapToABrokerThatDoesNotHoldIt() {
        pass(5);
        assertThat(three.images.current()).isEqualTo(one.images.current());

        one.controller.submit(new CreateTopic("t", 1, 1, Map.of(), 0)).join();
        pass(2);
        assertThat(three.images.current().topic("t")).isPresent();
        assertThat(three.leaders.leader(0).nodeId()).isEqualTo(1);
        assertThat(three.attendance.isInTouch()).isTrue();
    }

    @Test
    void shouldHaveACommandOrderedFromAnyBroker() {
        for (PeerBroker broker : up) {
            String name = "from-" + broker.node;
            TopicImage topic = done(broker.controller.submit(create(name)));

            assertThat(topic.name()).isEqualTo(name);
            assertThat(broker.images.current().topic(name)).contains(topic);
            MillraceException refusal = refusal(broker.controller.submit(create(name)));
            assertThat(refusal.code()).isEqualTo(ErrorCode.TOPIC_EXISTS);
        }
        assertThat(three.controller.check(create("tried")).partitions()).hasSize(1);
        assertThat(three.images.current().topic("tried")).isEmpty();
    }

    @Test
    void shouldFollowAnotherLeader() {
        pass(5);
        group.elect(2);
        pass(20);

        assertThat(three.leader()).isEqualTo(2);
        assertThat(one.leader()).isEqualTo(2);
        assertThat(done(three.controller.submit(create("t"))).name()).isEqualTo("t");
        assertThat(three.leaders.leader(0).nodeId()).isEqualTo(2);
    }

    @Test
    void shouldFindAnotherLeaderWhenTheFirstDies() {
        pass(5);
        kill(one);
        CompletableFuture<ProducerIdBlock> ids =
                three.controller.submit(new AllocateProducerIds(10));
        group.elect(2);

        assertThat(done(ids).count()).isEqualTo(10);
        assertThat(three.leader()).isEqualTo(2);
    }

    @Test
    void shouldNotSendAgainWhatMayBeInForce() {
        pass(5);
        group.swallow(true);
        CompletableFuture<TopicImage> topic = three.controller.submit(create("t"));
        pass(1);
        kill(one);

        assertThat(refusal(topic).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        group.swallow(false);
        group.elect(2);
        pass(20);
        assertThat(three.images.current().topic("t")).as("it was in force").isPresent();
    }

    @Test
    void shouldSayThatNobodyLeads() {
        kill(one);
        kill(two);
        MillraceException failure = refusal(three.controller.submit(create("t")));

        assertThat(failure.code()).isIn(ErrorCode.LEADER_UNAVAILABLE, ErrorCode.OUTCOME_UNKNOWN);
    }

    @Test
    void shouldTellAllWhoLives() {
        pass(20);
        assertThat(one.watch.newest()).containsOnlyKeys(1, 2, 3);
        kill(three);
        pass(95);
        assertThat(one.leaders.isAlive(3)).isTrue();

        pass(20);
        assertThat(one.leaders.isAlive(3)).isFalse();
        assertThat(two.leaders.isAlive(3)).isFalse();
        assertThat(one.watch.isAlive(3)).isFalse();
        assertThat(one.watch.isAlive(2)).isTrue();
        assertThat(one.watch.deadFor(3)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
        assertThat(two.watch.deadFor(3)).as("it does not lead").isZero();
        assertThat(one.watch.reports().getReportsList())
                .filteredOn(report -> report.getReport().getPeer().getNodeId() == 3)
                .singleElement()
                .satisfies(report -> assertThat(report.getAlive()).isFalse());
    }

    /** L7. */
    @Test
    void shouldTakeNobodyForDeadAfterAPauseOfTheLeaderOrUnderANewOne() {
        pass(20);
        now.addAndGet(TimeUnit.MINUTES.toNanos(5));
        pass(2);
        assertThat(List.of(2, 3)).allMatch(one.watch::isAlive);

        kill(three);
        pass(120);
        assertThat(one.watch.isAlive(3)).isFalse();
        group.elect(2);
        pass(1);
        assertThat(two.watch.isAlive(3)).as("a full term under a new leader").isTrue();
        assertThat(two.watch.newest()).doesNotContainKey(3);
        pass(120);
        assertThat(two.watch.isAlive(3)).isFalse();
    }

    @Test
    void shouldKnowProducerIdsThatAnotherBrokerWasGranted() {
        ProducerIdBlock block = done(two.controller.submit(new AllocateProducerIds(100)));
        pass(2);

        assertThat(three.controller.isProducerIdGranted(block.end() - 1)).isTrue();
        assertThat(one.controller.isProducerIdGranted(block.end())).isFalse();
        MillraceException unsure =
                catchThrowableOfType(
                        MillraceException.class,
                        () -> three.controller.isProducerIdGranted(block.end()));
        assertThat(unsure.code()).isEqualTo(ErrorCode.NOT_READY);
    }

    /** A wiped broker is let in only when the lease of its former life has run out. */
    @Test
    void shouldTakeAWipedBrokerForTheSameOnlyWhenItsLeaseHasRunOut() throws IOException {
        pass(10);
        kill(three);
        PeerBroker wiped = broker(3, "new", 1, false);
        MillraceException refusal = refusal(wiped.controller.submit(wiped.registration()));
        assertThat(refusal.getMessage()).contains("node id 3 is in use");
        String term = refusal.metadata().get(RegisterBroker.TERM);
        group.elect(2);
        pass(20);
        MillraceException again = refusal(wiped.controller.submit(wiped.registration()));
        assertThat(again.metadata().get(RegisterBroker.TERM))
                .as("another leader, which gives the former life a full term")
                .isNotNull()
                .isNotEqualTo(term);

        pass(130);
        BrokerImage known = done(wiped.controller.submit(wiped.registration()));
        assertThat(known.directoryId()).isEqualTo("new");
        pass(10);
        assertThat(two.watch.isAlive(3)).isTrue();
        assertThat(wiped.fatal).isEmpty();
        PeerGate door = new PeerGate(two.self, two.images::current);
        assertThat(door.isRegistered(3, "new")).isTrue();
        assertThat(door.isRegistered(3, "d3")).isFalse();
        assertThat(door.isRegistered(9, "new")).isFalse();
    }

    @Test
    void shouldNotProlongALeaseByANamesake() throws IOException {
        pass(10);
        PeerBroker namesake = broker(3, "other", 1, false);
        pass(10);
        kill(three);
        pass(120);

        assertThat(one.watch.isAlive(3)).isFalse();
        assertThat(namesake.fatal).isEmpty();
    }

    @Test
    void shouldStopABrokerOnACopyOfADirectory() throws IOException {
        pass(10);
        kill(three);
        PeerBroker later = broker(3, "d3", 2, false);
        done(later.controller.submit(later.registration()));
        PeerBroker old = broker(3, "d3", 1, false);
        pass(10);

        assertThat(old.fatal).isNotEmpty();
        assertThat(old.fatal.get(0)).contains("start 1").contains("old copy");
        assertThat(later.fatal).isEmpty();
        assertThat(refusal(old.controller.submit(old.registration())).getMessage())
                .contains("old copy");
    }

    @Test
    void shouldStopABrokerWhoseNodeIdAnotherHasTaken() throws IOException {
        pass(10);
        up.remove(three); // paused for so long that its lease runs out
        pass(130);
        PeerBroker next = broker(3, "next", 1, false);
        done(next.controller.submit(next.registration()));
        pass(10);
        assertThat(three.fatal).isEmpty();

        up.add(three);
        pass(60);
        assertThat(three.fatal).isNotEmpty();
        assertThat(three.fatal.get(0)).contains("another broker has registered with node id 3");
        assertThat(next.fatal).isEmpty();
    }

    private static CreateTopic create(String name) {
        return new CreateTopic(name, 1, 1, Map.of(), 0);
    }

    private PeerBroker broker(int node, String directory, long start, boolean voter)
            throws IOException {
        PeerBroker broker =
                new PeerBroker(node, directory, start, seeds, group, voter, now::get, timer);
        up.add(broker);
        return broker;
    }

    private void kill(PeerBroker broker) {
        up.remove(broker);
        broker.close();
    }

    private void pass(int ticks) {
        for (int i = 0; i < ticks; i++) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(TICK_MS));
            List.copyOf(up).forEach(PeerBroker::tick);
        }
    }

    /** Lets time pass until a command has its answer. */
    private <T> T done(CompletableFuture<T> command) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            pass(1);
                            return command.isDone();
                        });
        return command.join();
    }

    private MillraceException refusal(CompletableFuture<?> command) {
        try {
            done(command);
        } catch (CompletionException e) {
            return (MillraceException) e.getCause();
        }
        throw new AssertionError("it was not refused");
    }
}
