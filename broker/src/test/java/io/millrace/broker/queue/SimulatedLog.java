package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueCommand.Redrive;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueResult.Settled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The entries of a shard, and three replicas that apply them, each at its own pace. */
final class SimulatedLog {

    private static final int FOLLOWERS = 3;

    private final List<ByteBuffer> entries = new ArrayList<>();
    private final List<QueueTable> followers = new ArrayList<>();
    private final int[] applied = new int[FOLLOWERS];
    private final Random random;
    private final int maxWeight;
    final QueueTable table;

    SimulatedLog(Random random, int maxWeight) {
        this.random = random;
        this.maxWeight = maxWeight;
        this.table = new QueueTable(2, maxWeight);
        for (int i = 0; i < FOLLOWERS; i++) {
            followers.add(new QueueTable(2, maxWeight));
        }
        commit(new QueueCommand.OpenQueue(LedQueue.KEY, 0));
    }

    QueueProgress progress() {
        return table.get(LedQueue.KEY);
    }

    QueueResult commit(QueueCommand command) {
        ByteBuffer bytes = QueueCommandCodec.encode(command);
        entries.add(bytes);
        long watermark = progress() == null ? 0 : progress().watermark();
        QueueResult result = table.apply(QueueCommandCodec.decode(bytes));
        require(progress().watermark() >= watermark, "the watermark went back");
        return result;
    }

    QueueResult settle(QueueSettlement settlement) {
        Settled settled = (Settled) commit(new SettleRecords(List.of(settlement)));
        return settled.results().get(0);
    }

    QueueResult redrive(OffsetSet offsets) {
        return commit(new Redrive(LedQueue.KEY, offsets));
    }

    /** Some follower applies some entries, starts again from a checkpoint, or gets a newer one. */
    void someFollowerMoves() {
        int i = random.nextInt(FOLLOWERS);
        switch (random.nextInt(4)) {
            case 0 -> {
                QueueTable restarted = new QueueTable(2, maxWeight);
                restarted.restore(copy(followers.get(i)));
                followers.set(i, restarted);
            }
            case 1 -> {
                int from = random.nextInt(FOLLOWERS);
                if (applied[from] > applied[i]) {
                    followers.get(i).restore(copy(followers.get(from)));
                    applied[i] = applied[from];
                }
            }
            default -> apply(i, applied[i] + random.nextInt(20));
        }
    }

    void checkFollowers() {
        for (int i = 0; i < FOLLOWERS; i++) {
            apply(i, entries.size());
            QueueTableSnapshot theirs = followers.get(i).snapshot();
            require(
                    theirs.queues().equals(table.snapshot().queues())
                            && theirs.encode().equals(table.snapshot().encode()),
                    "replica " + i + " differs");
        }
    }

    private void apply(int follower, int to) {
        while (applied[follower] < Math.min(to, entries.size())) {
            ByteBuffer entry = entries.get(applied[follower]++);
            followers.get(follower).apply(QueueCommandCodec.decode(entry));
        }
    }

    private static QueueTableSnapshot copy(QueueTable table) {
        return QueueTableSnapshot.decode(table.snapshot().encode());
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
