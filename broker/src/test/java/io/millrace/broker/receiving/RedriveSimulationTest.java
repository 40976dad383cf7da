package io.millrace.broker.receiving;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueProgress;
import io.millrace.broker.receiving.TestReceiver.Got;
import io.millrace.v1.Settlement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Redrives while settlements are lost, applied unheard and proposed again, answers come late, and
 * leaders change. A record is done only after somebody got it since it was last undone, nobody gets
 * one that is done, and in the end all are done.
 */
final class RedriveSimulationTest {

    private static final int SEEDS = Integer.getInteger("seeds", 40);
    private static final int STEPS = 250;
    private static final int RECORDS = 6;

    private Random random;
    private QueueBroker broker;
    private QueueProgress known;
    private boolean isMapLost;
    private int members;
    private final List<TestReceiver> receivers = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final Set<Long> deliveredSinceUndone = new HashSet<>();
    private final List<CompletableFuture<RedriveResult>> redrives = new ArrayList<>();
    private int undone;

    private record Held(TestReceiver receiver, Got got) {}

    @Test
    void shouldNeitherLoseNorDoubleARedrive() throws IOException {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        int undoneInAll = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
            undoneInAll += undone;
        }
        require(undoneInAll > 3 * SEEDS, "hardly any redrives: " + undoneInAll);
    }

    private void run(Random random) throws IOException {
        this.random = random;
        broker =
                new QueueBroker(
                        Map.of("max.deliveries", "3", "dead-letter.breaker.percent", "100"));
        receivers.clear();
        held.clear();
        deliveredSinceUndone.clear();
        redrives.clear();
        known = QueueProgress.startingAt(0);
        isMapLost = false;
        undone = 0;
        broker.shard.watch(this::applied);
        for (int i = 0; i < RECORDS; i++) {
            broker.append(List.of("", "a", "b").get(random.nextInt(3)));
        }
        attend();
        for (int step = 0; step < STEPS; step++) {
            step();
            broker.run();
            collect();
        }
        finish();
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 40) {
            memberSpeaks();
        } else if (dice < 55) {
            pass(random.nextInt(20) == 0 ? 31_000 : random.nextInt(400));
        } else if (dice < 63) {
            broker.shard.hold();
        } else if (dice < 69) {
            broker.shard.release();
        } else if (dice < 77) {
            broker.shard.forget(random.nextInt(broker.shard.held().size() + 1));
        } else if (dice < 80) {
            broker.shard.setBusy(random.nextBoolean());
        } else if (dice < 83) {
            broker.holdsAnswers = true;
        } else if (dice < 86) {
            broker.holdsAnswers = false; // what came before is told later
        } else if (dice < 89) {
            broker.tellAnswers();
        } else if (dice < 95) {
            for (int n = random.nextInt(3); n >= 0; n--) {
                redrive();
            }
        } else if (dice < 97) {
            changeLeader();
        } else {
            attend();
        }
    }

    private void memberSpeaks() {
        held.removeIf(one -> one.receiver.completed);
        if (held.isEmpty()) {
            return;
        }
        Held one = held.remove(random.nextInt(held.size()));
        switch (random.nextInt(5)) {
            case 0 -> one.receiver.nack(one.got, 0);
            case 1 -> one.receiver.settle(one.got, Settlement.Fate.FATE_REJECT, 0);
            default -> one.receiver.ack(one.got);
        }
    }

    private void pass(long millis) {
        receivers.removeIf(receiver -> receiver.completed);
        broker.pass(millis, receivers.toArray(TestReceiver[]::new));
    }

    private void redrive() {
        long[] done =
                LongStream.range(0, RECORDS)
                        .filter(offset -> known.isDone(offset) && random.nextBoolean())
                        .toArray();
        if (done.length > 0) {
            redrives.add(broker.queues.redrive(broker.key(), OffsetSet.of(done)));
        }
    }

    /** Sometimes the new leader does not know the group yet, and does not take its queue up. */
    private void changeLeader() {
        collect();
        broker.shard.resign(random.nextInt(broker.shard.held().size() + 1));
        broker.run();
        if (random.nextBoolean()) {
            isMapLost = true;
            broker.queues.imageChanged(ClusterImage.EMPTY);
        }
        broker.shard.lead();
        broker.run();
        if (random.nextBoolean()) {
            redrive();
        }
    }

    private void attend() {
        if (isMapLost) {
            isMapLost = false;
            broker.queues.imageChanged(broker.controller.images().current());
        }
        broker.run();
        receivers.removeIf(receiver -> receiver.completed);
        if (receivers.size() < 2) {
            receivers.add(broker.receiver("m" + ++members).start(1_000));
        }
    }

    /** After each entry that is applied. */
    private void applied() {
        collect();
        QueueProgress now = broker.progress();
        for (long offset = 0; now != null && offset < RECORDS; offset++) {
            if (now.isDone(offset) && !known.isDone(offset)) {
                require(
                        deliveredSinceUndone.remove(offset),
                        offset + " is done, and nobody got it since it was undone");
            } else if (known.isDone(offset) && !now.isDone(offset)) {
                deliveredSinceUndone.remove(offset);
                undone++;
            }
        }
        known = now == null ? known : now;
    }

    private void collect() {
        for (TestReceiver receiver : receivers) {
            for (Got got : receiver.take()) {
                require(!known.isDone(got.offset()), got.offset() + " is done, and delivered");
                deliveredSinceUndone.add(got.offset());
                held.add(new Held(receiver, got));
            }
        }
    }

    /** Nothing fails any more, and the leader stays. */
    private void finish() {
        broker.shard.setBusy(false);
        broker.shard.release();
        broker.tellAnswers();
        for (int round = 0; !isFinished(); round++) {
            require(round < 100, "stuck: " + known + ", " + broker.queues.statistics(broker.key()));
            attend();
            collect();
            for (Held one : List.copyOf(held)) {
                if (!one.receiver.completed) {
                    one.receiver.ack(one.got);
                }
            }
            held.clear();
            pass(1_000);
            collect();
        }
    }

    private boolean isFinished() {
        return known.watermark() == RECORDS
                && known.redriven().isEmpty()
                && redrives.stream().allMatch(CompletableFuture::isDone);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
