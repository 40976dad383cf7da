package io.millrace.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.partition.PartitionLog;
import io.millrace.broker.partition.PartitionLog.DiskFullException;
import io.millrace.broker.partition.StoredBatch;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.ModelPartition.Stored;
import io.millrace.broker.shard.ShardCommand.AppendBatches;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.shard.ShardCommand.DeletePartition;
import io.millrace.broker.shard.ShardCommand.PartitionBatch;
import io.millrace.broker.shard.ShardCommand.Trim;
import io.millrace.broker.shard.ShardCommand.TrimPartitions;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random commands against a naive model, and against a replica that never restarts: one that
 * crashes at any moment and starts from its last checkpoint must give the same answers, hold the
 * same records and come to the same state, byte by byte.
 */
class DataShardModelTest {

    private static final int PARTITIONS = 4;
    private static final int PRODUCERS = 6;

    private long seed;
    private Random random;
    private ProducerLimits limits;
    private ShardHarness crashing;
    private ShardHarness steady;
    private Map<Long, ModelPartition> models;
    private Map<String, List<ByteBuffer>> sent;
    private long clockMs;
    private long nextPartitionId;

    @Test
    void shouldDoAsTheModelDoes() throws IOException {
        for (int run = 0; run < 12; run++) {
            begin(new Random().nextLong(), ProducerLimits.DEFAULT);
            for (int step = 0; step < 400; step++) {
                step();
            }
            crashing.crash();
            checkLogs();
            models.values().forEach(this::checkProducerOrder);
            assertThat(crashing.replicatedState())
                    .as("seed %d", seed)
                    .isEqualTo(steady.replicatedState());
        }
    }

    @Test
    void shouldForgetProducersAsTheModelDoes() throws IOException {
        for (int run = 0; run < 8; run++) {
            begin(new Random().nextLong(), new ProducerLimits(3, 40));
            for (int step = 0; step < 400; step++) {
                step();
            }
            crashing.crash();
            checkLogs();
            assertThat(crashing.replicatedState())
                    .as("seed %d", seed)
                    .isEqualTo(steady.replicatedState());
        }
    }

    private void begin(long newSeed, ProducerLimits newLimits) throws IOException {
        seed = newSeed;
        random = new Random(seed);
        limits = newLimits;
        crashing = new ShardHarness(limits);
        crashing.retryWait = milliseconds -> true;
        steady = new ShardHarness(limits);
        models = new HashMap<>();
        sent = new HashMap<>();
        clockMs = 1_000;
        nextPartitionId = 1;
        for (int i = 0; i < PARTITIONS; i++) {
            createPartition();
        }
    }

    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 80) {
            append();
        } else if (dice < 86) {
            trim();
        } else if (dice < 90) {
            crashing.checkpoint();
        } else if (dice < 93) {
            crashing.crash();
        } else if (dice < 95) {
            crashing.disk.failAppends(new DiskFullException("no room"), random.nextInt(4));
        } else if (dice < 97) {
            crashing.term++;
            steady.term++;
        } else if (dice < 98) {
            long id = anyPartition();
            applyToBoth(new DeletePartition(id, 100));
            models.remove(id);
            createPartition();
        } else if (dice < 99) {
            applyToBoth(Batches.create(anyPartition(), random.nextInt(8)));
        } else {
            changeGroups();
        }
    }

    /** Has no model: replicas must come to the same, and groups have tests of their own. */
    private void changeGroups() {
        long groupId = 1 + random.nextInt(5);
        QueueKey queue = new QueueKey(anyPartition(), groupId);
        for (int i = 0; i < 8; i++) {
            String member = "m" + random.nextInt(4);
            int dice = random.nextInt(16);
            if (dice < 3) {
                applyToBoth(new ChangeGroup(GroupCommands.open(groupId, "g", dice)));
            } else if (dice < 5) {
                applyToBoth(new ChangeGroup(GroupCommands.topics(groupId, dice)));
            } else if (dice < 8) {
                applyToBoth(new ChangeGroup(GroupCommands.join(groupId, member)));
            } else if (dice < 10) {
                applyToBoth(new ChangeGroup(GroupCommands.commit(groupId, member, 1, dice)));
            } else if (dice < 12) {
                applyToBoth(new ChangeQueue(new OpenQueue(queue, random.nextInt(9))));
            } else if (dice < 15) {
                long offset = random.nextInt(99);
                applyToBoth(new ChangeQueue(GroupCommands.settle(queue, offset, offset + 2)));
            } else if (random.nextInt(4) == 0) {
                applyToBoth(new ChangeGroup(new DropGroup(groupId)));
            }
        }
    }

    private void createPartition() {
        applyToBoth(Batches.create(nextPartitionId, 1));
        models.put(nextPartitionId++, new ModelPartition(limits));
    }

    private void append() {
        clockMs += random.nextInt(20) - 4;
        List<PartitionBatch> batches = new ArrayList<>();
        List<Object> expected = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            long id = anyPartition();
            ByteBuffer batch = anyBatch(id);
            batches.add(new PartitionBatch(id, batch));
            expected.add(models.get(id).append(clockMs, crashing.term, batch));
        }
        CommandResult result = applyToBoth(new AppendBatches(clockMs, batches));
        assertThat(((CommandResult.Appends) result).results())
                .as("seed %d", seed)
                .extracting(ModelPartition::comparable)
                .isEqualTo(expected);
    }

    /** Mostly the next batch of a producer; else one sent before, or out of order, or fenced. */
    private ByteBuffer anyBatch(long partitionId) {
        long producer = random.nextInt(PRODUCERS);
        int count = 1 + random.nextInt(4);
        if (producer == 0) {
            return Batches.plainBatch(count);
        }
        List<ByteBuffer> before =
                sent.computeIfAbsent(partitionId + "/" + producer, key -> new ArrayList<>());
        int dice = random.nextInt(10);
        if (dice < 3 && !before.isEmpty()) {
            return before.get(Math.max(0, before.size() - 1 - random.nextInt(12)));
        }
        int epoch = 0;
        long sequence = 0;
        for (Stored stored : models.get(partitionId).stored) {
            if (stored.producerId() == producer) {
                epoch = stored.epoch();
                sequence = stored.firstSequence() + stored.count();
            }
        }
        if (dice == 3) {
            sequence += random.nextInt(5) - 2;
        } else if (dice == 4 && random.nextInt(4) == 0) {
            epoch += random.nextInt(3) - 1;
            sequence = random.nextInt(3) == 0 ? sequence : 0;
        }
        ByteBuffer batch =
                Batches.batch(producer, Math.max(0, epoch), Math.max(0, sequence), count);
        before.add(batch);
        return batch;
    }

    private void trim() {
        long id = anyPartition();
        ModelPartition model = models.get(id);
        long to = random.nextInt((int) model.end + 3);
        applyToBoth(new TrimPartitions(List.of(new Trim(id, to, TrimReason.TRIMMED))));
        model.start = Math.max(model.start, Math.min(to, model.end));
    }

    private CommandResult applyToBoth(ShardCommand command) {
        CommandResult one = crashing.apply(command);
        CommandResult other = steady.apply(command);
        assertThat(one).as("seed %d", seed).isEqualTo(other);
        return one;
    }

    private long anyPartition() {
        List<Long> ids = new ArrayList<>(models.keySet());
        return ids.get(random.nextInt(ids.size()));
    }

    private void checkLogs() throws IOException {
        assertThat(crashing.shard.partitions()).as("seed %d", seed).hasSize(models.size());
        for (Map.Entry<Long, ModelPartition> entry : models.entrySet()) {
            checkLog(entry.getKey(), entry.getValue());
        }
    }

    private void checkLog(long id, ModelPartition model) throws IOException {
        PartitionLog log = crashing.logOf(id);
        assertThat(log.startOffset()).as("seed %d", seed).isEqualTo(model.start);
        assertThat(log.endOffset()).as("seed %d", seed).isEqualTo(model.end);
        List<Stored> kept =
                model.stored.stream()
                        .filter(one -> one.offset() + one.count() > model.start)
                        .toList();
        List<StoredBatch> found = crashing.batchesOf(id);
        assertThat(found).as("seed %d", seed).hasSize(kept.size());
        for (int i = 0; i < kept.size(); i++) {
            Stored expected = kept.get(i);
            StoredBatch batch = found.get(i);
            assertThat(batch.baseOffset()).isEqualTo(expected.offset());
            assertThat(batch.leaderEpoch()).isEqualTo(expected.term());
            assertThat(batch.appendTimeMs()).isEqualTo(expected.timeMs());
            assertThat(batch.batch()).isEqualTo(expected.bytes());
        }
    }

    /**
     * What a producer may rely on: its sequences lie in the log in order, without a gap, each once
     * (I1, I2), and nothing of an epoch comes after the first of a higher one (I4). That retries
     * get the first offset (I3), over restarts and trims (I5), and that what is too old or out of
     * order is never stored (I6), the model has compared at each step.
     */
    private void checkProducerOrder(ModelPartition model) {
        Map<Long, Stored> last = new HashMap<>();
        for (Stored stored : model.stored) {
            if (stored.producerId() == 0) {
                continue;
            }
            Stored before = last.put(stored.producerId(), stored);
            if (before == null || stored.epoch() > before.epoch()) {
                assertThat(stored.firstSequence()).as("seed %d", seed).isZero();
            } else {
                assertThat(stored.epoch()).as("seed %d", seed).isEqualTo(before.epoch());
                assertThat(stored.firstSequence())
                        .as("seed %d", seed)
                        .isEqualTo(before.firstSequence() + before.count());
            }
        }
    }

    @Test
    void shouldRefuseRatherThanStoreTwiceWhatFollowsAnUnknownStart() throws IOException {
        begin(1, ProducerLimits.DEFAULT);
        AppendResult result = crashing.append(1, 1, Batches.batch(9, 0, 4, 1));
        assertThat(((Refused) result).code()).isEqualTo(ErrorCode.UNKNOWN_PRODUCER);
        assertThat(crashing.logOf(1).endOffset()).isZero();
    }
}
