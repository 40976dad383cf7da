package io.millrace.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.fake.FakeCluster;
import io.millrace.client.membership.Membership;
import io.millrace.client.record.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a member that stood still makes of what was sent to it meanwhile. */
@Timeout(60)
class StandstillTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private QueueScene scene;
    private FakeCluster brokers;
    private Membership membership;
    private Receiving receiving;

    @BeforeEach
    void open() throws Exception {
        scene = new QueueScene(1);
        brokers = scene.brokers();
        brokers.queue().setLeaseMs((int) LEASE.toMillis());
        brokers.append("t", 0, "a");
        // Its stay lasts, so that nothing but the standstill ends a stream.
        brokers.group().setLeaseMs(10 * (int) LEASE.toMillis());
        membership = scene.membership();
        receiving = scene.receiving(membership, T0);
        assertThat(take()).extracting(it -> it.record().valueText()).containsExactly("a");
    }

    @AfterEach
    void close() {
        receiving.close();
        membership.close();
        scene.close();
    }

    @Test
    void shouldNotGiveWhatLayInTheConnectionForALease() {
        standStill(LEASE);

        await().until(() -> brokers.queue().openedStreams() == 2);
        assertThat(receiving.take(10)).isEmpty();
        brokers.queue().expire(T0, 1);
        LeasedDelivery again = take().get(0);
        assertThat(again.record().valueText()).isEqualTo("b");
        assertThat(again.deliveryCount()).isEqualTo(2);
    }

    @Test
    void shouldGiveWhatLayThereForAMoment() {
        standStill(Duration.ofMillis(500));

        assertThat(take().get(0).deliveryCount()).isEqualTo(1);
        assertThat(brokers.queue().openedStreams()).isEqualTo(1);
    }

    @Test
    void shouldSettleOnTheNewStreamWhatItHadBefore() {
        brokers.append("t", 0, "before");
        LeasedDelivery before = take().get(0);
        before.extend(LEASE.multipliedBy(2)).join();
        standStill(LEASE);

        await().until(() -> brokers.queue().openedStreams() == 2);
        before.ack().join();
        assertThat(brokers.queue().done(T0)).contains(before.record().offset());
    }

    /** What is sent meanwhile is read when it is over. */
    private void standStill(Duration time) {
        int leased = brokers.queue().leased();
        receiving.lock().lock();
        try {
            brokers.append("t", 0, "b");
            await().until(() -> brokers.queue().leased() > leased);
            scene.advance(time);
        } finally {
            receiving.lock().unlock();
        }
    }

    private List<LeasedDelivery> take() {
        List<LeasedDelivery> taken = new ArrayList<>();
        await().until(() -> taken.addAll(receiving.take(10)));
        return taken;
    }
}
