package io.millrace.raft.jraft;

import static org.awaitility.Awaitility.await;

import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever only listens, and looks when something is told, knows who leads. */
@Timeout(90)
final class LeaderNewsTest {

    @TempDir Path directory;

    private Brokers brokers;
    private Broker leader;

    @BeforeEach
    void open() throws Exception {
        brokers = new Brokers(directory);
        brokers.found(1, 2, 3);
        brokers.write(5);
        leader = brokers.leader();
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    @Test
    void shouldTellAllWhenALeadershipIsHandedOver() throws Exception {
        Broker next = brokers.brokers.get(leader.node % 3 + 1);
        brokers.awaitCaughtUp(next.node);
        leader.engine
                .members(Brokers.SHARD)
                .transferLeadership(next.node)
                .get(20, TimeUnit.SECONDS);

        awaitNewsOf(next);
    }

    @Test
    void shouldTellTheOthersWhenALeaderIsGone() throws Exception {
        brokers.stop(leader.node);
        Broker next = brokers.leader();

        awaitNewsOf(next);
    }

    private void awaitNewsOf(Broker next) {
        await().atMost(20, TimeUnit.SECONDS)
                .until(
                        () ->
                                next.heardLeading > 0
                                        && next.heardLeading == next.shard.leadingTerm());
        for (Broker broker : brokers.brokers.values()) {
            if (broker.engine != null) {
                await().atMost(20, TimeUnit.SECONDS)
                        .until(
                                () ->
                                        broker.heard.leaderNode() == next.node
                                                && broker.heard.term() == next.shard.leadingTerm());
            }
        }
    }
}
