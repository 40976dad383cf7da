package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.jraft.NetworkBrokers.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose process ended is replaced at once, and no other one is. */
@Timeout(120)
final class GoneLeaderTest {

    /** So long that what happens at once cannot be due to it. */
    private static final Duration ELECTION = Duration.ofSeconds(3);

    private static final int SHARDS = 3;

    @TempDir Path directory;

    private NetworkBrokers brokers;
    private Broker leader;
    private Broker second;
    private Broker third;

    @BeforeEach
    void start() throws Exception {
        brokers = new NetworkBrokers(directory, SHARDS, ELECTION);
        for (int shard = 0; shard < SHARDS; shard++) {
            brokers.write(shard, "before");
            brokers.awaitAgreement(shard, 1);
        }
        leader = brokers.leader(0);
        second = brokers.brokers.get(leader.node % 3 + 1);
        third = brokers.brokers.get(6 - leader.node - second.node);
        for (Broker one : brokers.brokers.values()) {
            for (Broker other : brokers.brokers.values()) {
                if (one != other) {
                    NetworkBrokers.awaitUp(one.network, other.node);
                }
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        brokers.close();
    }

    private long term() {
        return second.shards.get(0).status().term();
    }

    @Test
    void shouldReplaceLeadersAtOnceWhenTheirBrokerIsGone() throws Exception {
        long begin = System.nanoTime();
        brokers.stop(leader.node);
        for (int shard = 0; shard < SHARDS; shard++) {
            brokers.write(shard, "after");
        }
        Duration pause = Duration.ofNanos(System.nanoTime() - begin);

        System.out.println("leaders were replaced in " + pause.toMillis() + " ms");
        assertThat(pause).isLessThan(ELECTION.dividedBy(2));

        brokers.start(leader.node, false);
        for (int shard = 0; shard < SHARDS; shard++) {
            brokers.awaitAgreement(shard, 2);
        }
    }

    @Test
    void shouldElectTheOneWithTheNewestLogAtOnce() throws Exception {
        // The links of the first in line are cut while entries are written, and mended too late.
        int first = Math.min(second.node, third.node);
        brokers.wire(leader.node, first).swallow(true);
        brokers.write(0, "missed");
        brokers.wire(leader.node, first).swallow(false);
        long begin = System.nanoTime();
        brokers.stop(leader.node);
        brokers.write(0, "after");

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ELECTION.dividedBy(2));
        brokers.awaitAgreement(0, 3);
    }

    @Test
    void shouldKeepALeaderWhoseConnectionsBreak() {
        long term = term();
        for (int i = 0; i < 3; i++) {
            brokers.wire(second.node, leader.node).cut();
            brokers.wire(third.node, leader.node).cut();
            brokers.wire(leader.node, second.node).cut();
            brokers.wire(leader.node, third.node).cut();
            brokers.write(0, "line " + i);
        }

        assertThat(term()).isEqualTo(term);
        assertThat(leader.shards.get(0).leadingTerm()).isEqualTo(term);
    }

    /** The others know better. */
    @Test
    void shouldKeepALeaderThatOnlyOneTakesForGone() {
        long term = term();
        brokers.wire(second.node, leader.node).refuse(true);
        brokers.wire(leader.node, second.node).refuse(true);
        await().atMost(10, TimeUnit.SECONDS).until(() -> second.network.isGone(leader.node));

        await().during(ELECTION.dividedBy(2))
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.shards.get(0).leadingTerm() == term);
        brokers.wire(second.node, leader.node).refuse(false);
        brokers.wire(leader.node, second.node).refuse(false);
        brokers.write(0, "after");
        brokers.awaitAgreement(0, 2);
        assertThat(term()).isEqualTo(term);
    }
}
