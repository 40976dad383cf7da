package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.raft.Shard;
import io.millrace.raft.ShardStatus.Role;
import io.millrace.raft.jraft.Brokers.Broker;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leaders that are cut off, restarted and asked to go, checkpoints and installations, in random
 * order and under load: what is said of a proposal must be true (S7, L3 of the design review).
 */
@Timeout(120)
final class FaultsTest {

    private static final int ROUNDS = 14;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    @TempDir Path directory;

    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Line> proposed = new CopyOnWriteArrayList<>();

    /** Proposes to whoever says that it leads; every line once. */
    private void load(Brokers brokers) {
        Deque<Line> inFlight = new ArrayDeque<>();
        int number = 0;
        while (!over.get()) {
            for (Broker broker : brokers.brokers.values()) {
                Shard shard = broker.shard;
                long term = shard == null ? 0 : shard.leadingTerm();
                if (term > 0) {
                    Line line = new Line("line " + number++);
                    proposed.add(line);
                    inFlight.add(line);
                    shard.propose(line, term);
                }
            }
            inFlight.removeIf(Line::isAnswered);
            LockSupport.parkNanos(inFlight.size() > 100 ? 50 * PAUSE_NANOS : PAUSE_NANOS);
        }
    }

    @Test
    void shouldBeTrueWhatIsSaidOfEveryProposal() throws Exception {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.println("FaultsTest: -Dmillrace.seed=" + seed);
        Random random = new Random(seed);
        try (Brokers brokers = new Brokers(directory)) {
            brokers.found(1, 2, 3);
            brokers.leader();
            Thread loader = new Thread(() -> load(brokers), "load");
            loader.start();
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    fault(brokers, random);
                }
            } finally {
                over.set(true);
                loader.join();
            }
            for (int node = 1; node <= 3; node++) {
                brokers.links.mend(node);
            }
            brokers.write(1);
            for (int node = 1; node <= 3; node++) {
                brokers.awaitCaughtUp(node);
            }
            check(brokers, seed);
        }
    }

    private static void fault(Brokers brokers, Random random) throws Exception {
        int node = 1 + random.nextInt(3);
        Broker broker = brokers.brokers.get(node);
        switch (random.nextInt(6)) {
            case 0 -> {
                Broker leader = brokers.leader();
                leader.engine.members(Brokers.SHARD).transferLeadership(0);
            }
            case 1 -> {
                brokers.links.cut(node);
                waitFor(random.nextInt(1_200));
                brokers.links.mend(node);
            }
            case 2 -> {
                int leader = brokers.leader().node;
                brokers.links.cut(leader);
                waitFor(random.nextInt(1_200));
                brokers.links.mend(leader);
            }
            case 3 -> brokers.restart(node);
            case 4 -> {
                for (Broker each : brokers.brokers.values()) {
                    each.shard.checkpoint();
                }
            }
            default -> {
                // Far enough behind for an installation.
                brokers.links.cut(node);
                for (int i = 0; i < 2; i++) {
                    waitFor(300);
                    for (Broker each : brokers.brokers.values()) {
                        if (each != broker) {
                            each.shard
                                    .checkpoint()
                                    .exceptionally(error -> 0L)
                                    .get(20, TimeUnit.SECONDS);
                        }
                    }
                }
                brokers.links.mend(node);
            }
        }
        waitFor(random.nextInt(400));
        assertThat(broker.shard.status().role()).isNotEqualTo(Role.FAILED);
    }

    private static void waitFor(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        await().pollInterval(5, TimeUnit.MILLISECONDS).until(() -> System.nanoTime() - end >= 0);
    }

    private void check(Brokers brokers, long seed) {
        List<String> lines = brokers.leader().machine.lines;
        assertThat(new TreeSet<>(lines)).as("once each, seed %s", seed).hasSameSizeAs(lines);
        Set<String> held = new TreeSet<>(lines);
        List<String> wrong = new ArrayList<>();
        int applied = 0;
        for (Line line : proposed) {
            String result = line.result();
            boolean holds = held.contains(line.text());
            if (result.equals("applied")) {
                applied++;
            }
            if (result.equals("applied") && !holds || result.startsWith("NOT_APPLIED") && holds) {
                wrong.add(line.text() + ": " + result);
            }
        }
        assertThat(wrong).as("seed %s", seed).isEmpty();
        assertThat(applied).as("seed %s", seed).isGreaterThan(100);
    }
}
